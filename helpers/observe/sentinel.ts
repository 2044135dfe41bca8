import type { LogLine } from './log.ts';

/** An address as a Sentinel tells it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A server as a Sentinel sees it. Times are milliseconds. */
export interface SeenServer extends Endpoint {
  readonly runId: string;
  /** `master`, `slave`, `sentinel`, `s_down`, `o_down`, `disconnected`, `failover_in_progress`, ... */
  readonly flags: readonly string[];
  /** For how long it has counted as down, by this Sentinel alone; 0 while it does not. */
  readonly downForMs: number;
  /** When it last answered a PING such that it counts as alive. Infinity if that is not told. */
  readonly aliveMsAgo: number;
}

export interface SeenMaster extends SeenServer {
  readonly name: string;
  /** Of the configuration in force: each failover has a greater one. */
  readonly configEpoch: number;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
}

export interface SeenReplica extends SeenServer {
  /** Whether the replica says that its link to its master is up. */
  readonly link: 'up' | 'down';
  /** For how long it was down when the replica last told, in milliseconds; 0 while it is up. */
  readonly linkDownForMs: number;
  /** Whom it replicates, by its own INFO. */
  readonly master: Endpoint;
  readonly priority: number;
  /** How long ago it last answered INFO, on which all of this rests, in milliseconds. */
  readonly infoAgeMs: number;
  readonly offset: number;
}

/** What a Sentinel did or noticed, as it tells subscribers and its log alike. */
export interface SentinelEvent {
  /** `+sdown`, `+odown`, `+switch-master`, `-failover-abort-not-elected`, ... */
  readonly name: string;
  /** What follows the name: `master mymaster 127.0.0.1 21034 #quorum 2/2`. */
  readonly text: string;
  /** When the harness read it, in milliseconds since the epoch. */
  readonly atMs: number;
  /** Which start of the process it was. */
  readonly boot: number;
}

/** The events in a Sentinel's log, in order. Subscribers get the same but for those of a Sentinel that just starts. */
export function sentinelEvents(lines: readonly LogLine[]): SentinelEvent[] {
  return lines.flatMap(({ writer, text, readAtMs, boot }) => {
    const match = /^([+-][a-z][a-z-]*)(?: (.*))?$/.exec(text);
    if (writer !== 'sentinel' || match === null) return [];
    const [, name = '', rest = ''] = match;
    return [{ name, text: rest, atMs: readAtMs, boot }];
  });
}

/** From a reply of SENTINEL MASTER. */
export function seenMaster(reply: unknown): SeenMaster {
  const fields = fieldsOf(reply);
  return {
    ...seenServer(fields),
    name: text(fields, 'name'),
    configEpoch: number(fields, 'config-epoch'),
    quorum: number(fields, 'quorum'),
    downAfterMs: number(fields, 'down-after-milliseconds'),
    failoverTimeoutMs: number(fields, 'failover-timeout'),
  };
}

/** From a reply of SENTINEL REPLICAS. */
export function seenReplicas(reply: unknown): SeenReplica[] {
  return listOf(reply).map((one) => {
    const fields = fieldsOf(one);
    return {
      ...seenServer(fields),
      link: text(fields, 'master-link-status') === 'ok' ? 'up' : 'down',
      linkDownForMs: fields.has('master-link-down-time')
        ? number(fields, 'master-link-down-time')
        : 0,
      master: { host: text(fields, 'master-host'), port: number(fields, 'master-port') },
      priority: number(fields, 'slave-priority'),
      infoAgeMs: number(fields, 'info-refresh'),
      offset: number(fields, 'slave-repl-offset'),
    };
  });
}

/** From a reply of SENTINEL SENTINELS. */
export function seenSentinels(reply: unknown): SeenServer[] {
  return listOf(reply).map((one) => seenServer(fieldsOf(one)));
}

/** From a reply of SENTINEL GET-MASTER-ADDR-BY-NAME. */
export function endpointOf(reply: unknown): Endpoint {
  const [host, port] = listOf(reply);
  return { host: String(host), port: Number(port) };
}

function seenServer(fields: ReadonlyMap<string, string>): SeenServer {
  return {
    host: text(fields, 'ip'),
    port: number(fields, 'port'),
    runId: text(fields, 'runid'),
    flags: text(fields, 'flags').split(','),
    downForMs: fields.has('s-down-time') ? number(fields, 's-down-time') : 0,
    aliveMsAgo: fields.has('last-ok-ping-reply')
      ? number(fields, 'last-ok-ping-reply')
      : Number.POSITIVE_INFINITY,
  };
}

function fieldsOf(reply: unknown): ReadonlyMap<string, string> {
  const flat = listOf(reply).map(String);
  return new Map(
    flat.flatMap((name, index) =>
      index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : [],
    ),
  );
}

function listOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new Error(`expected a list of a Sentinel, got ${JSON.stringify(reply)}`);
}

function text(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new Error(`the Sentinel does not tell ${name}`);
  return value;
}

function number(fields: ReadonlyMap<string, string>, name: string): number {
  const value = Number(text(fields, name));
  if (Number.isFinite(value)) return value;
  throw new Error(`the Sentinel tells ${name} ${fields.get(name)}, expected a number`);
}
