import { type Call, knowsCommand, textOf } from './call.ts';

/** What a server can tell of its keys beyond what every supported server can. */
export interface Abilities {
  /** PEXPIRETIME: Redis 7.0, any Valkey. */
  readonly exactExpiry: boolean;
  /** HPEXPIRETIME: Redis 7.4, Valkey 9.0. */
  readonly fieldExpiry: boolean;
  /**
   * The groups' entries-read, as far as it is replicated. Redis 7.0 and 7.2 (and so Valkey 7.2) report
   * it but do not pass on what XREADGROUP changes; fixed in Redis 7.4 and Valkey 8.0
   * (https://github.com/redis/redis/pull/12898).
   */
  readonly entriesRead: boolean;
}

export async function readAbilities(call: Call): Promise<Abilities> {
  const info = textOf(await call('INFO', 'server'), 'INFO server');
  return {
    exactExpiry: await knowsCommand(call, 'PEXPIRETIME', 'k'),
    fieldExpiry: await knowsCommand(call, 'HPEXPIRETIME', 'k', 'FIELDS', 1, 'f'),
    entriesRead: replicatesEntriesRead(info),
  };
}

/** Valkey gives a Redis version for compatibility too, so its own counts first. */
export function replicatesEntriesRead(infoServer: string): boolean {
  const valkey = versionOf(infoServer, 'valkey_version');
  return valkey === undefined ? (versionOf(infoServer, 'redis_version') ?? 0) >= 7.04 : valkey >= 8;
}

/** Major and minor as a number that orders versions: 7.4.1 is 7.04. */
function versionOf(info: string, field: string): number | undefined {
  const found = info.match(new RegExp(`^${field}:(\\d+)\\.(\\d+)`, 'm'));
  return found === null ? undefined : Number(found[1]) + Number(found[2]) / 100;
}
