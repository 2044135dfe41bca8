/**
 * What becomes of a server's history between two requests of replicas: with `psync-model.ts`, the specification of what
 * a reconnection ends in.
 *
 * Sources: Redis 7.0 replication.c (replicationCron, syncCommand, shiftReplicationId, slaveTryPartialResynchronization) and
 * server.c (loadDataFromDisk). Redis 6.0 to 8.0 and Valkey 8.1 to 9.1 agree on it, but for `masterKeepsHistory`.
 */
import type { History } from './psync-model.ts';

/** Stands for a replication ID that no server had before: forty random digits, which nothing predicts. */
export const NEW_ID = 'new';

const NO_BACKLOG = { active: false, firstByteOffset: 0, histlenBytes: 0 };
const EMPTY_HISTORY: History = { replid: NEW_ID, offset: 0, backlog: NO_BACKLOG };

/** A replica becomes a master: its history goes on by another ID, the old one is good for what has been until now. */
export function promoted(history: History): History {
  return continuedAs(history, NEW_ID);
}

/** A replica's master continues it by another ID (`+CONTINUE <ID>`): the same, with that ID. */
export function continuedAs(history: History, replid: string): History {
  if (replid === history.replid) return history;
  const { offset, backlog } = history;
  return { replid, replid2: history.replid, secondOffset: offset + 1, offset, backlog };
}

/**
 * The last replica has been gone for so many of the server's seconds. A master that is without replicas for longer than
 * repl-backlog-ttl gives up its backlog, and with it both IDs: what it then writes is in no stream. A replica keeps
 * its own: it may be promoted for replicas that are where it is.
 */
export function withoutReplicas(
  history: History,
  role: 'master' | 'replica',
  { ttlSeconds, goneSeconds }: { readonly ttlSeconds: number; readonly goneSeconds: number },
): History {
  const isOver = ttlSeconds > 0 && goneSeconds > ttlSeconds;
  if (role === 'replica' || !history.backlog.active || !isOver) return history;
  return { replid: NEW_ID, offset: history.offset, backlog: NO_BACKLOG };
}

/**
 * A replica has been answered, be it one that said SYNC, which offers no history and always is a full resync. A server
 * without a backlog begins one then, by a new ID: of what it wrote before, no replica can have heard.
 */
export function served(history: History): History {
  if (history.backlog.active) return history;
  return { replid: NEW_ID, offset: history.offset, backlog: emptyFrom(history.offset + 1) };
}

/** What an RDB says of the history that its data is from. */
export type SavedHistory = Pick<History, 'replid' | 'offset'>;

/** The history that an RDB is saved with: none on a master that never had a replica. */
export function saved({ replid, offset, backlog }: History): SavedHistory | undefined {
  return backlog.active ? { replid, offset } : undefined;
}

/**
 * A server is started again on what it left. A replica goes on where its RDB was made. So does a master, by a new ID;
 * before Redis 7.0 it did not (`masterKeepsHistory`). An append-only file has data and no history:
 * its bytes are nobody’s, though Redis 8.0 counts on from the offset in its manifest (redis/redis#13773).
 */
export function restarted(
  rdb: SavedHistory | undefined,
  role: 'master' | 'replica',
  {
    loads,
    masterKeepsHistory,
  }: {
    readonly loads: 'rdb' | 'aof';
    readonly masterKeepsHistory: boolean;
  },
): History {
  if (rdb === undefined || loads === 'aof') return EMPTY_HISTORY;
  if (role === 'replica') return { ...rdb, backlog: NO_BACKLOG };
  if (!masterKeepsHistory) return EMPTY_HISTORY;
  return continuedAs({ ...rdb, backlog: emptyFrom(rdb.offset + 1) }, NEW_ID);
}

function emptyFrom(firstByteOffset: number): History['backlog'] {
  return { active: true, firstByteOffset, histlenBytes: 0 };
}
