import { parseInfo } from './info.ts';

/** What a node says of full resyncs under way in one INFO reply. Sizes are bytes. */
export interface Transfers {
  /** A child writes an RDB. */
  readonly rdbUnderWay: boolean;
  /** Children since the process started. */
  readonly forks: number;
  /** What a master keeps for its replicas: the backlog, and beyond it what any of them still has to be sent. */
  readonly keptForReplicas: number;
  /** The most of the stream that a replica has kept until its RDB was loaded; Redis 8.0+, Valkey 8.0+. */
  readonly keptUntilLoadedPeak: number;
  /** Replicas that were sent an RDB and have not asked for the stream yet; Valkey 8.0+. */
  readonly waitingForStream: number;
}

/** Reads a whole INFO reply. What the server does not tell is 0. */
export function transfersOf(infoReply: string): Transfers {
  const fields = parseInfo(infoReply);
  const number = (...names: readonly string[]): number =>
    Number(names.map((name) => fields.get(name)).find((value) => value !== undefined) ?? 0);
  return {
    rdbUnderWay: number('rdb_bgsave_in_progress') === 1,
    forks: number('total_forks'),
    keptForReplicas: number('mem_total_replication_buffers'),
    keptUntilLoadedPeak: number('replica_full_sync_buffer_peak', 'replicas_repl_buffer_peak'),
    waitingForStream: number('replicas_waiting_psync'),
  };
}
