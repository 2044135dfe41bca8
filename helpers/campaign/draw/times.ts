import type { PlannedFault } from '../plan.ts';

/** When a fault is over at the latest. A move is over at once: it stays. */
export function latestEndMs(fault: PlannedFault): number {
  if (fault.fault.kind === 'move') return fault.atMs;
  const { end } = fault;
  return fault.atMs + (end.after === 'time' ? end.ms : end.withinMs);
}

/** Whether both can be in force at one moment. */
export function canOverlap(one: PlannedFault, other: PlannedFault): boolean {
  return one.atMs <= latestEndMs(other) && other.atMs <= latestEndMs(one);
}

/** How many milliseconds at least one of the spans covers. */
export function coveredMs(spans: readonly (readonly [fromMs: number, toMs: number])[]): number {
  let covered = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [fromMs, toMs] of [...spans].sort((a, b) => a[0] - b[0])) {
    covered += Math.max(0, toMs - Math.max(fromMs, reached));
    reached = Math.max(reached, toMs);
  }
  return covered;
}
