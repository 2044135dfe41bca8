import type { RecordedResync, RunRecord } from '../../../campaign/record.ts';
import { firstSince, isSynchronized, samplesOf } from '../samples.ts';

/** A full resync, from the upstream's decision until its replica was done with it, or had to give up. */
export interface Transfer {
  readonly resync: RecordedResync;
  readonly fromMs: number;
  /** Infinity if no end of it was seen. */
  readonly untilMs: number;
}

/** Until the upstream lost the connection, or the replica said that its link is up. */
export function transfersOf(record: RunRecord): readonly Transfer[] {
  return record.resyncs
    .filter(({ kind }) => kind === 'full')
    .map((resync) => {
      const { replica, atMs: fromMs, endedAtMs = Infinity } = resync;
      const done = firstSince(samplesOf(record, replica), fromMs, isSynchronized)?.atMs ?? Infinity;
      return { resync, fromMs, untilMs: Math.min(done, endedAtMs) };
    });
}

/** Those under way at an instant. */
export function underWay(transfers: readonly Transfer[], atMs: number): readonly Transfer[] {
  return transfers.filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= untilMs);
}
