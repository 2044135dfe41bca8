import type { Versioned } from '../deployment/capabilities.ts';
import type { Config } from '../deployment/config.ts';
import type { Node } from '../deployment/node.ts';
import type { Effective, Subject } from './subject.ts';
import { numberIn } from './units.ts';

/** What holds in a server, by its own word where it gives it, or by default. */
export interface Settings {
  /** Empty for what neither the server tells nor a default is known of. */
  text(directive: string): string;
  /** Bytes or seconds. */
  number(directive: string): number;
  isOn(directive: string): boolean;
  /** `client-output-buffer-limit replica`; 0 is no limit. */
  readonly replicaLimit: OutputLimit;
}

export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

/** What servers are documented to use where a file says nothing (redis.conf of Redis 7.0 and Valkey 8.1). */
const DEFAULTS: Readonly<Record<string, string>> = {
  'repl-backlog-size': '1mb',
  'repl-backlog-ttl': '3600',
  'repl-timeout': '60',
  'repl-ping-replica-period': '10',
  'repl-diskless-sync': 'yes',
  'repl-diskless-sync-delay': '5',
  'repl-diskless-load': 'disabled',
  'tcp-keepalive': '300',
  'min-replicas-to-write': '0',
  'min-replicas-max-lag': '10',
  'replica-serve-stale-data': 'yes',
  'replica-read-only': 'yes',
  'replica-ignore-maxmemory': 'yes',
  'replica-priority': '100',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  appendonly: 'no',
  appendfsync: 'everysec',
  save: '',
};
const VALKEY_DEFAULTS: Readonly<Record<string, string>> = { 'repl-backlog-size': '10mb' };
const LIMIT = 'client-output-buffer-limit';
const DEFAULT_LIMIT = 'replica 256mb 64mb 60';

/**
 * Asks a node what holds in it. Of directives that were laid over the configuration for the test, what the file says,
 * or the default, counts.
 */
export async function settingsOf(
  node: Node,
  subject: Subject,
  laidOver: Config = {},
): Promise<Settings> {
  const told = await effectiveOf(node).catch((thrown: unknown) => {
    if (isRefusal(thrown)) return undefined;
    throw thrown;
  });
  if (told === undefined) return settingsInFile(subject);
  const inFile = valuesInFile(subject);
  const all = new Map(told);
  for (const name of Object.keys(laidOver)) {
    const own = inFile.get(name) ?? inFile.get(olderName(name));
    // Servers tell it by its older name, too.
    all.delete(olderName(name));
    if (own === undefined) all.delete(name);
    else all.set(name, own);
  }
  return settingsTold(all, subject.target.product);
}

/** What the file says, for what is to be known before a server runs. */
export function settingsInFile(subject: Subject): Settings {
  return settingsTold(valuesInFile(subject), subject.target.product);
}

function valuesInFile({ directives }: Subject): ReadonlyMap<string, string> {
  return new Map(
    [...directives].map(([name, values]) => {
      // `save` and the output limits add up, of all others the last occurrence counts.
      const isSum = name === 'save' || name === LIMIT;
      return [name, unquoted(isSum ? values.join(' ') : (values.at(-1) ?? ''))] as const;
    }),
  );
}

/** What was told, by directive, and of all others the defaults of the product. */
export function settingsTold(told: Effective, product: Versioned['product']): Settings {
  const own = product === 'valkey' ? VALKEY_DEFAULTS : {};
  const text = (name: string): string =>
    told.get(name) ?? told.get(olderName(name)) ?? own[name] ?? DEFAULTS[name] ?? '';
  return {
    text,
    number: (name) => numberIn(text(name)) ?? 0,
    isOn: (name) => text(name) === 'yes',
    replicaLimit:
      replicaLimitOf(told.get(LIMIT) ?? '') ?? (replicaLimitOf(DEFAULT_LIMIT) as OutputLimit),
  };
}

/** Of `normal 0 0 0 slave 268435456 67108864 60 pubsub ...`. The last that is about replicas counts. */
export function replicaLimitOf(text: string): OutputLimit | undefined {
  const words = text.split(/\s+/);
  const at = words.findLastIndex((word) => /^(replica|slave)$/i.test(word));
  if (at < 0) return undefined;
  const [hard, soft, seconds] = words.slice(at + 1, at + 4).map((word) => numberIn(word) ?? 0);
  return { hardBytes: hard ?? 0, softBytes: soft ?? 0, softSeconds: seconds ?? 0 };
}

/** CONFIG GET *: the settings of a running server as it says them. */
export async function effectiveOf(node: Node): Promise<Effective> {
  const pairs = (await node.observe('CONFIG', 'GET', '*')) as string[];
  return new Map(
    pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1] ?? ''] as const] : [])),
  );
}

/** The server knows no such command, or does not let us use it: it is renamed, or kept from our user. */
export function isRefusal(thrown: unknown): boolean {
  return (
    thrown instanceof Error && /unknown command|^NOPERM|unknown subcommand/i.test(thrown.message)
  );
}

/** What it was called before Redis 5.0. */
function olderName(directive: string): string {
  return directive.replace('replica', 'slave');
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1');
}
