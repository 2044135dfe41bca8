/**
 * `min-replicas-to-write` bounds what a cut-off master can acknowledge: so many replicas must have been heard of in the last
 * `min-replicas-max-lag` seconds, counted once a second (redis 7.0, replication.c, refreshGoodSlavesCount). It speaks of
 * replicas that are heard, not of what they have: so it bounds a loss only where nothing but cuts and resets kept them
 * apart. A fault that lets acknowledgements alone through, or holds them and gives them later, keeps the master going; so
 * does a pause, which stops its clock as well.
 */
import type { PlannedFault } from '../../campaign/plan.ts';
import type { NodeSample, RunRecord } from '../../campaign/record.ts';
import { faultsInForce } from './faults-in-force.ts';
import { samplesOf } from './samples.ts';
import type { Segment } from './segments.ts';

const DEFAULT_LAG_SECONDS = 10;
/** Seconds are cut off, the count is a second old, a look takes a second, and a busy machine keeps everybody waiting. */
const LATE_MS = 5_000;

/** When a master had stopped to acknowledge for want of replicas, if its settings promise that. Else Infinity. */
export function promisedEndMs(
  record: RunRecord,
  { node, fromMs, untilMs }: Segment,
  lossFromMs: number,
): number {
  const { nodes } = record.head.plan.topology;
  const { config = {} } = nodes.find(({ name }) => name === node) ?? {};
  const asked = Number(config['min-replicas-to-write'] ?? 0);
  const lagSeconds = Number(config['min-replicas-max-lag'] ?? DEFAULT_LAG_SECONDS);
  const isBlurred = faultsInForce(record).some(
    (inForce) => inForce.untilMs >= Math.max(fromMs, lossFromMs) && blurs(inForce.fault),
  );
  if (asked === 0 || lagSeconds === 0 || isBlurred) return Infinity;
  const isIn = ({ atMs }: NodeSample): boolean => atMs >= fromMs && atMs <= untilMs;
  const histories = new Set(
    samplesOf(record, node)
      .filter((sample) => sample.role === 'master' && isIn(sample))
      .map(({ replid }) => replid),
  );
  if (histories.size === 0) return Infinity;
  const lastHeard = nodes
    .filter(({ name }) => name !== node)
    .map(({ name }) => {
      const heard = samplesOf(record, name).findLast(
        (sample) => sample.link === 'up' && isIn(sample) && histories.has(sample.replid),
      );
      return heard?.atMs ?? fromMs;
    })
    .sort((a, b) => b - a);
  return (lastHeard[asked - 1] ?? fromMs) + lagSeconds * 1_000 + LATE_MS;
}

function blurs(planned: PlannedFault): boolean {
  return planned.on === 'node'
    ? planned.fault.kind === 'pause'
    : planned.fault.kind !== 'cut' && planned.fault.kind !== 'reset';
}
