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
  /** What the reference leaves out on purpose, has ahead of its version, or has alone: fixtures/reference/README.md. */
  readonly reference?: false | 'too' | 'only';
}

const SINCE = {
  /** Scripts: EVAL. */
  scripts: { redis: '2.6', valkey: '7.2', reference: false },
  /** FAILOVER: a master hands over to a replica. */
  failover: { redis: '6.2', valkey: '7.2' },
  /** CLIENT CAPA REDIRECT: who declares it is told by a replica where its master is. */
  'client-capa-redirect': { valkey: '8.0', reference: false },
  /** So is who blocks while it becomes a replica; before, its wait ended with an error (valkey-io/valkey#2329). */
  'blocked-are-redirected': { valkey: '9.0', reference: false },
  /** FUNCTION LOAD and FCALL. */
  functions: { redis: '7.0', valkey: '7.2', reference: false },
  /** Scripts write nothing while too few replicas are there for min-replicas-to-write (redis/redis#10160). */
  'scripts-heed-min-replicas': { redis: '7.0', valkey: '7.2', reference: false },
  /** Append-only files. */
  aof: { redis: '1.2', valkey: '7.2', reference: false },
  /** cluster-enabled. */
  cluster: { redis: '3.0', valkey: '7.2', reference: false },
  /** One full resync over two connections, the stream buffered by the replica: dual-channel-replication-enabled. */
  'dual-channel': { valkey: '8.0' },
  /** The same as Redis has it: repl-rdb-channel. */
  'rdb-channel': { redis: '8.0' },
  /** Either of them. */
  'two-channels': { redis: '8.0', valkey: '8.0' },
  /**
   * Over two connections, replicas are sent values beyond 32 KB to the end after one that shared their RDB has gone
   * (Redis: https://github.com/redis/redis/issues/15767).
   */
  'spares-other-replicas': { valkey: '8.0' },
  /**
   * Over two connections, a replica that loads from a file survives the loss of its link. Valkey 8.1 and 9.1 take it for
   * a short read of the file, and end themselves; no issue is known.
   */
  'loads-on-without-stream': { redis: '8.0' },
  /** Connections to others come from an address of choice; before, from the first that is bound. */
  'bind-source-addr': { redis: '7.0', valkey: '7.2' },
  /** DEBUG is allowed by the directive enable-debug-command; without it by every older server. */
  'enable-debug-command': { redis: '7.0', valkey: '7.2' },
  /** `dir` is changed at run time where the directive enable-protected-configs allows it; on every older server anyway. */
  'enable-protected-configs': { redis: '7.0', valkey: '7.2' },
  /** A replica that serves no stale data refuses PING as well; before, it answered (redis/redis#9757). */
  'stale-ping-refused': { redis: '7.0', valkey: '7.2' },
  /** replica-announced. */
  'replica-announced': { redis: '6.2', valkey: '7.2' },
  /** Sentinels that know others by host names: resolve-hostnames and announce-hostnames. */
  'sentinel-host-names': { redis: '6.2', valkey: '7.2' },
  /**
   * A Sentinel that is told another password connects anew. Before, it keeps a connection that is answered often enough, be
   * it by NOAUTH, and the server counts as down until somebody ends that (redis/redis#10400).
   */
  'auth-pass-reconnects': { redis: '7.0', valkey: '7.2' },
  /** Rights to channels of users. */
  'acl-channels': { redis: '6.2', valkey: '7.2' },
  /** TTLs of hash fields. */
  hpexpireat: { redis: '7.4', valkey: '9.0' },
  /** HSETEX and HGETEX. */
  hsetex: { redis: '8.0', valkey: '9.0' },
  /** XGROUP CREATECONSUMER. */
  createconsumer: { redis: '6.2', valkey: '7.2' },
  /** XADD with an entries-added and a max-deleted-id that XSETID sets. */
  'stream-counters': { redis: '7.0', valkey: '7.2' },
  /** XAUTOCLAIM. */
  xautoclaim: { redis: '6.2', valkey: '7.2' },
  /** XADD and XTRIM with MINID. */
  'trim-by-id': { redis: '6.2', valkey: '7.2' },
  /** XREADGROUP, XCLAIM and XAUTOCLAIM make their consumer also where they find nothing for it (redis/redis#11099). */
  'idle-consumers': { redis: '7.2', valkey: '7.2' },
  /** XREADGROUP then replicates the consumer; before, it was the master's alone: a defect (redis/redis#14963, merged in March 2026). */
  'idle-readers-replicated': { redis: '8.8' },
  /** XREADGROUP replicates entries-read (redis/redis#12898). */
  'entries-read-replicated': { redis: '7.4', valkey: '8.0' },
  /** BITFIELD whose writes all fail makes or extends its string on the master alone: a defect (redis/redis#15599, valkey-io/valkey#4121; 6.2 was not tried). */
  'failed-bitfields-kept-back': { redis: '7.0', valkey: '7.2' },
  /** Times to live replicate as the instant they end at (PEXPIREAT, SET with PXAT), which PEXPIRETIME tells (redis/redis#8474). */
  'absolute-ttls': { redis: '7.0', valkey: '7.2' },
  /** A master restarted from its RDB goes on with the history it had (redis/redis#8015). */
  'master-keeps-history': { redis: '7.0', valkey: '7.2' },
  /** An RDB that was received takes the place of the replica's own before it is loaded, not when it has proved good. */
  'received-rdb-kept': { redis: '4.0', valkey: '7.2', reference: false },
  /** It becomes the base of the replica's append-only file as well; otherwise that is written anew (valkey-io/valkey#1901). */
  'received-rdb-is-aof-base': { valkey: '9.1', reference: false },
  /** A shutdown gives replicas that lag time to catch up: shutdown-timeout. */
  'shutdown-waits': { redis: '7.0', valkey: '7.2' },
  /** A clock that is wrong, by a setting. A mix with the reference can, as one clock is as good as the other. */
  'wrong-clock': { reference: 'only' },
  /** Who asked for a shutdown that was aborted is a client like others again (redis/redis#14420). */
  'shutdown-frees-who-asked': { redis: '8.4', reference: 'too' },
  /**
   * Where it is not, the next command of that connection aborts the server: a defect (since redis/redis#10440). Valkeys
   * answer it no more, the command nor any after it; no issue is known.
   */
  'who-asked-for-shutdown-aborts': { redis: '7.0', reference: false },
  /** A Sentinel's own settings at run time: SENTINEL CONFIG. */
  'sentinel-config': { redis: '6.2', valkey: '7.2' },
  /** Several of them in one command. */
  'sentinel-config-of-many': { redis: '7.2', valkey: '7.2' },
  /** A master that was started anew and loads for too long counts as down: master-reboot-down-after-period. */
  'master-reboot-down-after': { redis: '7.0', valkey: '7.2' },
  /** `save` takes several save points in a line; before, a line of more than one was taken for none. */
  'save-points-in-a-line': { redis: '7.0', valkey: '7.2' },
  waitaof: { redis: '7.2', valkey: '7.2' },
  /** WAIT in a script, which does not wait (redis/redis#11568). */
  'wait-in-scripts': { redis: '7.2', valkey: '7.2', reference: false },
  /** It counts who has the writes of the script's client; before, every replica there was (valkey-io/valkey#776). */
  'script-waits-count': { valkey: '8.0' },
  /** CLIENT UNPAUSE, and CLIENT PAUSE for writes alone. */
  'client-unpause': { redis: '6.2', valkey: '7.2' },
  /** LMPOP, ZMPOP and those that block, BLMPOP and BZMPOP. */
  'pops-of-many': { redis: '7.0', valkey: '7.2' },
  /** GEOSEARCHSTORE. */
  geosearchstore: { redis: '6.2', valkey: '7.2' },
  /** SPUBLISH: messages to sharded channels. */
  'sharded-messages': { redis: '7.0', valkey: '7.2' },
  /** GETDEL, GETEX, LMOVE, BLMOVE, SET with GET; GETSET replicates as SET. */
  'get-and-change': { redis: '6.2', valkey: '7.2' },
  /** A transaction replicates as one only where it changed more than one thing (redis/redis#9890). */
  'bare-single-writes': { redis: '7.0', valkey: '7.2' },
  /** A write that deletes an expired key first replicates both as one transaction; before, one after the other. */
  'expired-goes-with-the-write': { redis: '7.0', valkey: '7.2' },
  /** The SELECT that a transaction needs replicates inside of it, not before. */
  'select-inside-multi': { redis: '7.2', valkey: '7.2' },
  /** FLUSHDB of an empty database replicates (redis/redis#10691, in 7.0 from 7.0.1 on). */
  'empty-flushdb-replicated': { redis: '7.0', valkey: '7.2' },
  /** SPOP with a count replicates as SREM of up to 1024 members, not of one each (redis/redis#12082). */
  'srem-in-batches': { redis: '7.2', valkey: '7.2' },
  /** PSYNC with an offset that is no number is an error and nothing else; before, also a full resync (redis/redis#10243). */
  'psync-checks-offset': { redis: '7.0', valkey: '7.2' },
  /**
   * A replica whose SYNC is refused asks again at once, a hundred times a second and more: a defect, since replicas connect
   * again without a second's wait (redis/redis#6271).
   */
  'refused-replica-hurries': { redis: '6.2', valkey: '7.2' },
  /** It asks again once a second, since its RDB is a thread's work (valkey-io/valkey#1784). */
  'refused-replica-waits': { valkey: '9.0' },
  /** A replica's connection that a command's reply would go to is closed; before, the reply went into the stream (redis/redis#10020). */
  'replies-end-replica': { redis: '7.0', valkey: '7.2' },
  /** A replica takes any length of command from its master; before, client-query-buffer-limit ended the link (redis/redis#9340). */
  'long-commands-replicated': { redis: '7.0', valkey: '7.2' },
  /** RDBs are made by a forked process. */
  'rdb-child': { redis: '1.0', valkey: '7.2', reference: false },
  /** repl-diskless-load swapdb serves the old data of the same history while the new load: async_loading. */
  'async-loading': { redis: '7.0', valkey: '7.2' },
  /** loading-process-events-interval-bytes; before, clients were looked at every 2 MiB of an RDB. */
  'loading-interval': { redis: '7.0', valkey: '7.2' },
  /** The old history, and sub-replicas with it, is given up only when a full resync begins to load (redis/redis#9398). */
  'history-kept-till-load': { redis: '7.0', valkey: '7.2' },
  /** A signal, and so a pause, which interrupts a read, does not end a load from the socket (redis/redis#9629). */
  'load-survives-signals': { redis: '7.0', valkey: '7.2' },
  /** The child that makes an RDB ends when its master has died (for sockets: redis/redis#11463, in 7.0 from 7.0.6 on). */
  'orphans-end': { redis: '7.0', valkey: '7.2' },
  /** `REPLCONF version` belongs to the handshake. */
  'replconf-version': { valkey: '8.0' },
  /** REPLCONF rdb-only: a connection that takes an RDB and nothing else. */
  'rdb-only': { redis: '7.0', valkey: '7.2' },
  /** An answer to PSYNC that breaks off is no answer; before, the replica gave up its history, also over the last one to REPLCONF (redis/redis#10726). */
  'psync-asked-again': { redis: '7.0', valkey: '7.2' },
  /** A BGSAVE for replicas alone ends when the last of them has left; before, it went on (redis/redis#7819). */
  'unwanted-rdb-given-up': { redis: '6.2', valkey: '7.2' },
  /** repl-diskless-load flush-before-load. */
  'flush-before-load': { valkey: '8.1' },
  /** The old data is flushed when the RDB is in its place; before, it was lost if that failed (valkey-io/valkey#926). */
  'flush-after-rename': { redis: '8.0', valkey: '8.1', reference: 'too' },
  /** The old data is flushed when the RDB's header proved good; before, it was lost over a bad one (valkey-io/valkey#2600). */
  'flush-after-header': { valkey: '9.1', reference: 'too' },
  /** Backlog and replicas share one buffer; no output limit of replicas is below the backlog (redis/redis#9166). */
  'shared-replica-buffer': { redis: '7.0', valkey: '7.2' },
  /** The directive: whether a replica goes on after a command of its master that is an error to it. */
  'propagation-error-behavior': { redis: '7.0', valkey: '7.2' },
  /** Writes on a writable replica delete a key whose time is over first; before, they changed it (redis/redis#9572). */
  'writable-replica-deletes-expired': { redis: '7.0', valkey: '7.2' },
  /** REPLICAOF leaves the node's own replicas connected; before, it closed their links. */
  'replicas-kept-in-a-move': { redis: '7.0', valkey: '7.2' },
} as const satisfies Record<string, Since>;

export type Capability = keyof typeof SINCE;

/** Whether a server of this version can do it. */
export function can(server: Versioned, capability: Capability): boolean {
  const since: Since = SINCE[capability];
  if (since.reference === 'only') return server.isReference === true;
  if (since.reference === 'too' && server.isReference === true) return true;
  const first = since[server.product];
  if (first === undefined || (server.isReference === true && since.reference === false))
    return false;
  return compareVersions(server.version, first) >= 0;
}

/** The first versions that can do it, in words. */
export function sinceWhen(capability: Capability): string {
  const { redis, valkey, reference }: Since = SINCE[capability];
  if (reference === 'only') return 'the reference, alone or in a mix';
  const products = [
    ...(redis === undefined ? [] : [`Redis ${redis}`]),
    ...(valkey === undefined ? [] : [`Valkey ${valkey}`]),
  ];
  if (reference === 'too') products.push('the reference');
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
