import type { PlannedFault } from '../../campaign/plan.ts';
import type { RunRecord } from '../../campaign/record.ts';

/** A planned fault and what became of it. */
export interface FaultOutcome {
  readonly fault: PlannedFault;
  /** Since when it was in force, milliseconds since the epoch. Absent if it never was. */
  readonly fromMs?: number;
  /** Absent where it was never seen to end. */
  readonly toMs?: number;
  /** How it was seen to bite. */
  readonly effect?: string;
  /** The condition that ended it, if one did. */
  readonly condition?: string;
  /** Why it was not put in force. */
  readonly passedOver?: string;
}

/** Every fault of the plan, in its order. */
export function faultOutcomes({ head, events }: RunRecord): readonly FaultOutcome[] {
  const outcomes = new Map<string, FaultOutcome>(
    head.plan.faults.map((fault) => [fault.id, { fault }]),
  );
  for (const event of events) {
    if (event.what !== 'fault' && event.what !== 'heal' && event.what !== 'passed-over') continue;
    const so = outcomes.get(event.fault);
    if (so === undefined) continue;
    outcomes.set(event.fault, { ...so, ...told(event) });
  }
  return [...outcomes.values()];
}

function told(
  event: Extract<RunRecord['events'][number], { readonly fault: string }>,
): Omit<FaultOutcome, 'fault'> {
  switch (event.what) {
    case 'fault':
      return {
        fromMs: event.atMs,
        ...(event.effect === undefined ? {} : { effect: event.effect }),
      };
    case 'heal':
      return {
        toMs: event.atMs,
        ...(event.condition === undefined ? {} : { condition: event.condition }),
      };
    case 'passed-over':
      return { passedOver: event.reason };
  }
}

/** How many faults of each kind were in force, by `cut`, `pause` and the like. */
export function injectedByKind(record: RunRecord): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { fault, fromMs } of faultOutcomes(record)) {
    if (fromMs === undefined) continue;
    counts[fault.fault.kind] = (counts[fault.fault.kind] ?? 0) + 1;
  }
  return counts;
}
