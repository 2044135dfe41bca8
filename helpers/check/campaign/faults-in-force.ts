import type { PlannedFault } from '../../campaign/plan.ts';
import type { RunEvent, RunRecord } from '../../campaign/record.ts';
import { once } from './once.ts';

/** A fault that was put in force, and for how long. */
export interface FaultInForce {
  readonly fault: PlannedFault;
  readonly fromMs: number;
  /** Infinity if its end was not recorded. */
  readonly untilMs: number;
}

/** In the order in which they came into force. Those that were passed over are not among them. */
export const faultsInForce = once(({ head, events }): readonly FaultInForce[] => {
  const planned = new Map(head.plan.faults.map((fault) => [fault.id, fault]));
  return events
    .filter(isFault)
    .flatMap(({ fault: id, atMs: fromMs }) => {
      const fault = planned.get(id);
      const healed = events.find(
        (event) => event.what === 'heal' && event.fault === id && event.atMs >= fromMs,
      );
      return fault === undefined ? [] : [{ fault, fromMs, untilMs: healed?.atMs ?? Infinity }];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
});

/** When a phase began, if it did. */
export function phaseBegan(
  { events }: RunRecord,
  phase: Extract<RunEvent, { what: 'phase' }>['phase'],
): number | undefined {
  return events.find((event) => event.what === 'phase' && event.phase === phase)?.atMs;
}

function isFault(event: RunEvent): event is Extract<RunEvent, { what: 'fault' }> {
  return event.what === 'fault';
}
