/**
 * How a server answers `PSYNC <replication ID> <offset>`: the specification of the decision between a partial
 * and a full resync, as a pure function. Suites hold every decision that a server logs against it. What time, promotion
 * and restart make of a history is in `psync-history.ts`.
 *
 * Sources: https://redis.io/docs/latest/operate/oss_and_stack/management/replication/ and Redis 7.0
 * replication.c, masterTryPartialResynchronization. Redis 6.0 to 8.0 and Valkey 8.1 to 9.1 agree on it.
 */

/** What a server knows of its own history, as INFO tells it. Offsets are bytes since the history began. */
export interface History {
  /** `master_replid`. */
  readonly replid: string;
  /** `master_replid2`: the history that this one goes on from. Absent without one. */
  readonly replid2?: string;
  /** `second_repl_offset`: the first byte that is not of the second history any more. Absent without one. */
  readonly secondOffset?: number;
  /** `master_repl_offset`: the last byte. */
  readonly offset: number;
  /** The bytes it can still send: from `firstByteOffset`, `histlenBytes` of them. */
  readonly backlog: {
    readonly active: boolean;
    readonly firstByteOffset: number;
    readonly histlenBytes: number;
  };
}

/** What a replica asks for. */
export interface PsyncRequest {
  /** The history that it holds; `?` for none. */
  readonly replid: string;
  /** The first byte that it lacks: one more than it has applied. Of no meaning without a history. */
  readonly from: number;
}

/** Why a server answers as it does. */
export type PsyncReason =
  /** The replica asked with `?`: it had no history to continue. */
  | 'no-history'
  /** The replica's history is ours and its next byte is in the backlog. */
  | 'in-backlog'
  /** The history is ours, the next byte is not in the backlog. */
  | 'lack-of-backlog'
  /** The replica's replication ID is neither of ours. */
  | 'replication-id-mismatch'
  /** The ID is our second one, the replica is past the offset up to which it is valid. */
  | 'second-offset-exceeded';

export type Decision =
  | { readonly kind: 'partial'; readonly reason: 'in-backlog'; readonly backlogBytes: number }
  | { readonly kind: 'full'; readonly reason: Exclude<PsyncReason, 'in-backlog'> };

/** What a replica without a history asks for. */
export const NO_HISTORY = '?';

/** Decides on a request at one moment. */
export function decidePsync(history: History, { replid, from }: PsyncRequest): Decision {
  if (replid === NO_HISTORY) return { kind: 'full', reason: 'no-history' };
  const refusal = historyRefusal(history, replid, from);
  if (refusal !== undefined) return { kind: 'full', reason: refusal };
  const { active, firstByteOffset, histlenBytes } = history.backlog;
  const next = firstByteOffset + histlenBytes;
  // One past the last is in it, too: the replica lacks nothing, and is sent nothing.
  if (!active || from < firstByteOffset || from > next) {
    return { kind: 'full', reason: 'lack-of-backlog' };
  }
  return { kind: 'partial', reason: 'in-backlog', backlogBytes: next - from };
}

/** Whether the replica's history, up to where it is, is not a part of ours. */
function historyRefusal(history: History, replid: string, from: number) {
  if (replid === history.replid) return undefined;
  const { replid2, secondOffset } = history;
  if (replid2 === undefined || secondOffset === undefined || replid !== replid2) {
    return 'replication-id-mismatch';
  }
  return from > secondOffset ? 'second-offset-exceeded' : undefined;
}
