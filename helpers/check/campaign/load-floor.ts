/**
 * A run in which little was asked shows little. Where no fault is in force, and writes have gone well since the last, a part
 * of what was planned must be acknowledged; where there is hardly such a time, a small part of all. Anything less is no
 * matter of the server's: the machine may be slow, and the plan may ask for more than it can do.
 */
import type { Operation, RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { faultsInForce, phaseBegan } from './faults-in-force.ts';
import { countFirst } from './ordered.ts';

/** Of the planned rate, while no fault explains less. */
const CALM_SHARE = 0.25;
/** A shorter calm says nothing. */
const CALM_MS_MIN = 2_000;
/** Of all that was planned, whatever the faults. */
const SHARE = 0.02;
/** A plan of a few writes is met by them. */
const WRITES_MIN = 5;

export const loadFloor: Checker = {
  name: 'load floor',
  check: (record) => {
    const { workload, chaosMs } = record.head.plan;
    const untilMs = phaseBegan(record, 'healing') ?? lastInvocation(record);
    const spanMs = Math.min(chaosMs, untilMs - record.head.readyAtMs);
    const isOk = ({ outcome }: Operation): boolean => outcome === 'ok';
    const reads = record.operations.filter(isRead);
    const acknowledged = record.operations
      .flatMap((one) => (!isRead(one) && isOk(one) ? [one.invokedAtMs] : []))
      .sort((a, b) => a - b);
    const perMs = workload.writesPerSecond / 1_000;
    const calm = calmSpans(record, acknowledged, untilMs);
    const calmMs = calm.reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0);
    const inCalm = calm.reduce(
      (sum, [fromMs, toMs]) =>
        sum + countBefore(acknowledged, toMs) - countBefore(acknowledged, fromMs),
      0,
    );
    const least = Math.min(spanMs * perMs, Math.max(WRITES_MIN, spanMs * perMs * SHARE));
    return [
      ...(acknowledged.length < least
        ? [
            tooFew(
              `${acknowledged.length} writes were acknowledged in ${spanMs} ms of chaos, of ${Math.round(spanMs * perMs)} planned: at least ${Math.ceil(least)} are needed`,
            ),
          ]
        : []),
      ...(calmMs >= CALM_MS_MIN && inCalm < calmMs * perMs * CALM_SHARE
        ? [
            tooFew(
              `${inCalm} writes were acknowledged in ${calmMs} ms without a fault, of ${Math.round(calmMs * perMs)} planned: at least ${CALM_SHARE * 100} % are needed`,
            ),
          ]
        : []),
      ...(workload.readsPerSecond > 0 && workload.readersPerNode > 0 && !reads.some(isOk)
        ? [tooFew('no read was answered')]
        : []),
    ];
  },
};

function tooFew(text: string): Objection {
  return { verdict: 'inconclusive', text };
}

function isRead({ kind }: Operation): boolean {
  return kind.startsWith('read');
}

function countBefore(instantsMs: readonly number[], untilMs: number): number {
  return countFirst(instantsMs, (ms) => ms < untilMs);
}

/** From when writes go well after a fault to when the next begins. They do not overlap. */
function calmSpans(
  record: RunRecord,
  acknowledged: readonly number[],
  untilMs: number,
): readonly (readonly [number, number])[] {
  const spans: (readonly [number, number])[] = [];
  let fromMs = record.head.readyAtMs;
  for (const fault of faultsInForce(record)) {
    const toMs = Math.min(fault.fromMs, untilMs);
    if (toMs > fromMs) spans.push([fromMs, toMs]);
    const well = acknowledged[countBefore(acknowledged, fault.untilMs)] ?? Infinity;
    fromMs = Math.max(fromMs, well);
  }
  if (untilMs > fromMs) spans.push([fromMs, untilMs]);
  return spans;
}

function lastInvocation({ operations, head }: RunRecord): number {
  return operations.reduce((last, { invokedAtMs }) => Math.max(last, invokedAtMs), head.readyAtMs);
}
