/** A version that nothing tells before the server runs. It counts as newer than any other. */
export const UNKNOWN_VERSION = 'unknown';

/** A product and a version of it, as far as known: `7.0` or `7.0.15`. */
export interface Versioned {
  readonly product: 'redis' | 'valkey';
  /** Or UNKNOWN_VERSION. */
  readonly version: string;
  /** The reference implementation, which leaves out some of what its version has, or a mix with it. */
  readonly isReference?: boolean;
}

/** The first version of each product that can; a product without one cannot. */
interface Since {
  readonly redis?: string;
  readonly valkey?: string;
  /** What the reference leaves out on purpose: fixtures/reference/README.md. */
  readonly reference?: false;
}

const SINCE = {
  /** Scripts: EVAL. */
  scripts: { redis: '2.6', valkey: '7.2', reference: false },
  /** FUNCTION LOAD and FCALL. */
  functions: { redis: '7.0', valkey: '7.2', reference: false },
  /** Scripts write nothing while too few replicas are there for min-replicas-to-write. */
  'scripts-heed-min-replicas': { redis: '7.0', valkey: '7.2', reference: false },
  /** Append-only files. */
  aof: { redis: '1.2', valkey: '7.2', reference: false },
  /** cluster-enabled. */
  cluster: { redis: '3.0', valkey: '7.2', reference: false },
  /** One full resync over two connections, the stream buffered by the replica: dual-channel-replication-enabled. */
  'dual-channel': { valkey: '8.0' },
  /** The same as Redis has it: repl-rdb-channel. */
  'rdb-channel': { redis: '8.0' },
  /** DEBUG is allowed by the directive enable-debug-command; without it by every older server. */
  'enable-debug-command': { redis: '7.0', valkey: '7.2' },
  /** TTLs of hash fields. */
  hpexpireat: { redis: '7.4', valkey: '9.0' },
  /** XGROUP CREATECONSUMER. */
  createconsumer: { redis: '6.2', valkey: '7.2' },
  /** XADD with an entries-added and a max-deleted-id that XSETID sets. */
  'stream-counters': { redis: '7.0', valkey: '7.2' },
  /** XREADGROUP replicates entries-read (redis/redis#12898). */
  'entries-read-replicated': { redis: '7.4', valkey: '8.0' },
  /** Times to live replicate as the instant they end at (PEXPIREAT, SET with PXAT), which PEXPIRETIME tells. */
  'absolute-ttls': { redis: '7.0', valkey: '7.2' },
  /** A master restarted from its RDB goes on with the history it had. */
  'master-keeps-history': { redis: '7.0', valkey: '7.2' },
  waitaof: { redis: '7.2', valkey: '7.2' },
  /** GETDEL, GETEX, LMOVE, BLMOVE, SET with GET; GETSET replicates as SET. */
  'get-and-change': { redis: '6.2', valkey: '7.2' },
  /** A transaction replicates as one only where it changed more than one thing. */
  'bare-single-writes': { redis: '7.0', valkey: '7.2' },
  /** The SELECT that a transaction needs replicates inside of it, not before. */
  'select-inside-multi': { redis: '7.2', valkey: '7.2' },
  /** FLUSHDB of an empty database replicates (redis/redis#10691, in 7.0 from 7.0.1 on). */
  'empty-flushdb-replicated': { redis: '7.0', valkey: '7.2' },
  /** SPOP with a count replicates as SREM of up to 1024 members, not of one each. */
  'srem-in-batches': { redis: '7.2', valkey: '7.2' },
  /** PSYNC with an offset that is no number is an error and nothing else; before, also a full resync (redis/redis#10243). */
  'psync-checks-offset': { redis: '7.0', valkey: '7.2' },
  /** A replica whose SYNC is refused asks again at once, a hundred times a second and more: a defect. */
  'refused-replica-hurries': { redis: '6.2', valkey: '7.2' },
  /** It asks again once a second, since its RDB is a thread's work. */
  'refused-replica-waits': { valkey: '9.0' },
  /** A replica's connection that a command's reply would go to is closed; before, the reply went into the stream. */
  'replies-end-replica': { redis: '7.0', valkey: '7.2' },
} as const satisfies Record<string, Since>;

export type Capability = keyof typeof SINCE;

/** Whether a server of this version can do it. */
export function can(server: Versioned, capability: Capability): boolean {
  const since: Since = SINCE[capability];
  const first = since[server.product];
  if (first === undefined || (server.isReference === true && since.reference === false))
    return false;
  return compareVersions(server.version, first) >= 0;
}

/** The first versions that can do it, in words. */
export function sinceWhen(capability: Capability): string {
  const { redis, valkey, reference }: Since = SINCE[capability];
  const products = [
    ...(redis === undefined ? [] : [`Redis ${redis}`]),
    ...(valkey === undefined ? [] : [`Valkey ${valkey}`]),
  ];
  return `${products.join(' or ')}${reference === false ? ', not the reference' : ''}`;
}

/** Negative, zero or positive as a is older than, the same as or newer than b; absent parts are zero. */
export function compareVersions(a: string, b: string): number {
  if (a === UNKNOWN_VERSION || b === UNKNOWN_VERSION) {
    return Number(a === UNKNOWN_VERSION) - Number(b === UNKNOWN_VERSION);
  }
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
