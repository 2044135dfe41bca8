import { ChaosError } from '../../errors.ts';
import { seeded } from '../../random.ts';
import type { Plan } from '../plan.ts';
import { drawConfigs } from './draw-config.ts';
import { drawFaults } from './draw-faults.ts';
import { drawTopology } from './draw-topology.ts';
import { drawWorkload } from './draw-workload.ts';
import { leastConvergeMs } from './estimates.ts';
import type { Pins } from './pins.ts';
import { objections } from './rules.ts';

/** What the run allows, unless a pin says otherwise. */
export interface DrawLimits {
  /** How long faults may come. */
  readonly chaosMs: number;
}

/**
 * The plan of a seed: the same on every machine, for every server. What a target lacks, `adaptPlan` takes out of it. A pin
 * changes what it is about and what depends on that, nothing else. Throws misuse if no sane plan has what is pinned.
 */
export function drawPlan(seed: number, pins: Pins, { chaosMs }: DrawLimits): Plan {
  const random = seeded(seed);
  const workload = drawWorkload(random.fork('workload'), pins);
  const shape = drawTopology(random.fork('topology'), pins);
  const nodes = drawConfigs(random.fork('config'), shape, workload, pins);
  const calm: Plan = {
    format: 1,
    seed,
    topology: { nodes, sentinels: shape.sentinels },
    workload,
    faults: [],
    chaosMs: pins.chaosMs ?? chaosMs,
    convergeWithinMs: 0,
  };
  const faults = drawFaults(random.fork('faults'), calm, pins);
  const plan = { ...calm, faults };
  const bounded = { ...plan, convergeWithinMs: Math.ceil(leastConvergeMs(plan) / 1_000) * 1_000 };
  const objected = objections(bounded);
  if (objected.length > 0) {
    throw new ChaosError(
      'misuse',
      `seed ${seed} with what is pinned makes a plan that would fail by itself: ${objected.join('; ')}. Pin less, or other values`,
    );
  }
  return bounded;
}
