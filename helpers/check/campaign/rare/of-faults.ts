import type { RunRecord } from '../../../campaign/record.ts';
import { type FaultInForce, faultsInForce } from '../faults-in-force.ts';
import { lastBefore, roleBefore, samplesOf } from '../samples.ts';
import { transfersOf, underWay } from './transfers.ts';

/** Faults that end a connection, on the very link that an RDB was on. */
const CUTTING = ['cut', 'reset', 'limit-data'];
/** Older looks say nothing of now. */
const RECENT_MS = 2_000;

export function cutsInsideRdbs(record: RunRecord): number {
  const transfers = transfersOf(record);
  return faultsInForce(record).filter(({ fault, fromMs, untilMs }) => {
    if (fault.on !== 'link' || !CUTTING.includes(fault.fault.kind)) return false;
    // Some bytes are let through before.
    const isAt = (atMs: number): boolean => atMs >= fromMs && atMs <= untilMs;
    return transfers.some(
      ({ resync, fromMs: beganMs, untilMs: endedMs }) =>
        resync.replica === fault.from &&
        resync.upstream === fault.to &&
        resync.ending?.endsWith('in the transfer') === true &&
        beganMs <= untilMs &&
        isAt(endedMs),
    );
  }).length;
}

export function promotionsDuringFulls(record: RunRecord): number {
  const transfers = transfersOf(record);
  return record.events.filter(
    (event) => event.what === 'promoted' && underWay(transfers, event.atMs).length > 0,
  ).length;
}

/** Times at which a second fault came upon a path. Directions of one link are one path. */
export function faultsOnOnePath(record: RunRecord): number {
  const faults = faultsInForce(record);
  const path = ({ fault }: FaultInForce): string | undefined =>
    fault.on === 'link' ? [fault.from, fault.to].sort().join(' ') : undefined;
  return faults.filter((later, at) =>
    faults
      .slice(0, at)
      .some(
        (earlier) =>
          path(later) !== undefined &&
          path(earlier) === path(later) &&
          earlier.untilMs > later.fromMs,
      ),
  ).length;
}

export function killsWhileLoading(record: RunRecord): number {
  return nodeFaults(record, 'kill').filter(({ node, atMs }) => {
    const last = lastBefore(samplesOf(record, node), atMs);
    const isLoading = last?.state === 'loading' || last?.syncInProgress === true;
    return isLoading && atMs - last.atMs <= RECENT_MS;
  }).length;
}

export function mastersPausedDuringFulls(record: RunRecord): number {
  const transfers = transfersOf(record);
  return nodeFaults(record, 'pause').filter(
    ({ node, atMs }) =>
      roleBefore(record, node, atMs) === 'master' &&
      underWay(transfers, atMs).some(({ resync }) => resync.upstream === node),
  ).length;
}

export function failovers({ events, head }: RunRecord): number {
  if (head.plan.topology.sentinels === 0) return 0;
  return events.filter(({ what }) => what === 'promoted').length;
}

function nodeFaults(
  record: RunRecord,
  kind: 'kill' | 'pause',
): readonly { readonly node: string; readonly atMs: number }[] {
  return faultsInForce(record).flatMap(({ fault, fromMs }) =>
    fault.on === 'node' && fault.fault.kind === kind ? [{ node: fault.node, atMs: fromMs }] : [],
  );
}
