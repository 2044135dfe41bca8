import { type InfoFields, parseInfo, parsePairs } from './info.ts';

/** What a node says of its replication in one INFO reply. Offsets and sizes are bytes. */
export interface Snapshot {
  readonly product: 'redis' | 'valkey';
  /** Version of the product, e.g. `7.0.15`; Valkey's own, not the Redis version it is compatible with. */
  readonly version: string;
  /** It is the reference implementation, whatever version it announces. */
  readonly isReference: boolean;
  readonly runId: string;
  readonly role: 'master' | 'replica';
  /** `master_failover_state`: how far a FAILOVER is. Absent where there is no such command. */
  readonly failover?: string;
  readonly replid: string;
  /** Absent when the node has no second ID (forty zeros on the wire). */
  readonly replid2?: string;
  /** `master_repl_offset`: on a replica, the bytes applied. */
  readonly offset: number;
  /** First offset that replid2 is not valid for. Absent without one. */
  readonly secondOffset?: number;
  readonly backlog: Backlog;
  /** Present on a replica only. */
  readonly upstream?: Upstream;
  readonly replicas: readonly AttachedReplica[];
  readonly counters: SyncCounters;
  /** What output buffers of replicas take, where they share one with the backlog beyond that (`mem_clients_slaves`). */
  readonly replicaBuffersBytes: number;
  /** An RDB is being loaded, the dataset is not served. */
  readonly loading: boolean;
  /** An RDB is being loaded beside the old dataset, which is still served (swapdb, 7.0+). */
  readonly asyncLoading: boolean;
  /** An RDB is being made, for a file or for replicas. */
  readonly saving: boolean;
  /** Keys per database, logically expired ones included. */
  readonly keys: ReadonlyMap<number, number>;
}

/** The window of bytes a node can still serve: `firstByteOffset` to `firstByteOffset + histlen - 1`. */
export interface Backlog {
  readonly active: boolean;
  readonly sizeBytes: number;
  readonly firstByteOffset: number;
  readonly histlenBytes: number;
}

/** A replica's view of its link. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly link: 'up' | 'down';
  readonly syncInProgress: boolean;
  /** Seconds since anything came from upstream; -1 without a connection. */
  readonly lastIoSecondsAgo: number;
}

/** One slaveN line: how an upstream sees a replica. */
export interface AttachedReplica {
  readonly ip: string;
  /** The port the replica announced, which identifies the node in a deployment. */
  readonly port: number;
  readonly state: string;
  /** Last acknowledged offset. */
  readonly offset: number;
  readonly lagSeconds: number;
}

/** Counters of a process since it started, each of requests it received from replicas. */
export interface SyncCounters {
  readonly full: number;
  readonly partialOk: number;
  readonly partialErr: number;
}

const REFERENCE_BUILD = 'redis-chaos-reference';
const NO_REPLID = '0'.repeat(40);

/** Reads a whole INFO reply. Throws if a field that every supported version has is missing. */
export function snapshotOf(infoReply: string): Snapshot {
  const fields = parseInfo(infoReply);
  const replid2 = text(fields, 'master_replid2');
  const secondOffset = number(fields, 'second_repl_offset');
  const role = text(fields, 'role') === 'master' ? 'master' : 'replica';
  const valkeyVersion = fields.get('valkey_version');
  const failover = fields.get('master_failover_state');
  return {
    product: valkeyVersion === undefined ? 'redis' : 'valkey',
    version: valkeyVersion ?? text(fields, 'redis_version'),
    isReference: fields.get('redis_build_id') === REFERENCE_BUILD,
    runId: text(fields, 'run_id'),
    role,
    ...(failover === undefined ? {} : { failover }),
    replid: text(fields, 'master_replid'),
    ...(replid2 === NO_REPLID ? {} : { replid2 }),
    offset: number(fields, 'master_repl_offset'),
    ...(secondOffset < 0 ? {} : { secondOffset }),
    backlog: {
      active: flag(fields, 'repl_backlog_active'),
      sizeBytes: number(fields, 'repl_backlog_size'),
      firstByteOffset: number(fields, 'repl_backlog_first_byte_offset'),
      histlenBytes: number(fields, 'repl_backlog_histlen'),
    },
    ...(role === 'replica' ? { upstream: upstreamOf(fields) } : {}),
    replicas: replicasOf(fields),
    counters: {
      full: number(fields, 'sync_full'),
      partialOk: number(fields, 'sync_partial_ok'),
      partialErr: number(fields, 'sync_partial_err'),
    },
    replicaBuffersBytes: number(fields, 'mem_clients_slaves'),
    loading: flag(fields, 'loading'),
    asyncLoading: fields.get('async_loading') === '1',
    saving: fields.get('rdb_bgsave_in_progress') === '1',
    keys: keysOf(fields),
  };
}

function upstreamOf(fields: InfoFields): Upstream {
  return {
    host: text(fields, 'master_host'),
    port: number(fields, 'master_port'),
    link: text(fields, 'master_link_status') === 'up' ? 'up' : 'down',
    syncInProgress: flag(fields, 'master_sync_in_progress'),
    lastIoSecondsAgo: number(fields, 'master_last_io_seconds_ago'),
  };
}

function replicasOf(fields: InfoFields): AttachedReplica[] {
  return [...fields]
    .filter(([name]) => /^slave\d+$/.test(name))
    .map(([, value]) => {
      const pairs = parsePairs(value);
      return {
        ip: text(pairs, 'ip'),
        port: number(pairs, 'port'),
        state: text(pairs, 'state'),
        offset: number(pairs, 'offset'),
        lagSeconds: number(pairs, 'lag'),
      };
    });
}

function keysOf(fields: InfoFields): Map<number, number> {
  return new Map(
    [...fields]
      .filter(([name]) => /^db\d+$/.test(name))
      .map(([name, value]) => [Number(name.slice(2)), number(parsePairs(value), 'keys')] as const),
  );
}

function text(fields: InfoFields, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new Error(`INFO has no field ${name}`);
  return value;
}

function number(fields: InfoFields, name: string): number {
  const value = Number(text(fields, name));
  if (!Number.isFinite(value)) {
    throw new Error(`INFO field ${name} is ${fields.get(name)}, expected a number`);
  }
  return value;
}

function flag(fields: InfoFields, name: string): boolean {
  return text(fields, name) === '1';
}
