import type { RecordedResync, RunRecord } from '../../../campaign/record.ts';
import { firstSince, lastBefore, samplesOf } from '../samples.ts';

/** Partial resyncs out of a backlog that had dropped bytes before: what was sent lay beyond where it began. */
export function partialsAcrossWraps(record: RunRecord): number {
  return partials(record).filter(({ upstream, atMs }) => {
    const samples = samplesOf(record, upstream).filter(({ backlog }) => backlog !== undefined);
    const before = lastBefore(samples, atMs);
    // Only where it is the backlog of one history, it began where it was first seen.
    const first = samples.find(({ replid }) => replid === before?.replid);
    return (
      before?.backlog !== undefined &&
      first?.backlog !== undefined &&
      before.backlog.firstByteOffset > first.backlog.firstByteOffset
    );
  }).length;
}

/** Full resyncs for want of the bytes that were asked for. */
export function fullsAfterOverruns({ resyncs }: RunRecord): number {
  return resyncs.filter(({ kind, reason }) => kind === 'full' && reason === 'lack-of-backlog')
    .length;
}

/** Partial resyncs from so early on that at the next look the backlog began there, or later. */
export function partialsWithLastByte(record: RunRecord): number {
  return partials(record).filter(({ upstream, atMs, backlogBytes = 0 }) => {
    const after = firstSince(
      samplesOf(record, upstream),
      atMs,
      ({ backlog, offset }) => backlog !== undefined && offset !== undefined,
    );
    if (after?.backlog === undefined || after.offset === undefined || backlogBytes === 0)
      return false;
    // When it was decided the offset was less, if anything: so what was asked for was no later than this.
    return after.offset + 1 - backlogBytes <= after.backlog.firstByteOffset;
  }).length;
}

function partials({ resyncs }: RunRecord): readonly RecordedResync[] {
  return resyncs.filter(({ kind, backlogBytes = 0 }) => kind === 'partial' && backlogBytes > 0);
}
