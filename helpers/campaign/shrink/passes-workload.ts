import { WRITE_KINDS } from '../draw/kinds.ts';
import type { Plan, PlannedWorkload } from '../plan.ts';
import { ddmin } from './ddmin.ts';
import { firstOf, type Pass, type Smaller, smallerNumbers } from './pass.ts';

/** The smallest that still says something. */
const LEAST = {
  writers: 1,
  readersPerNode: 0,
  readsPerSecond: 10,
  keys: 1,
  skew: 0,
  databases: 1,
  valueBytesMax: 64,
  writesPerSecond: 50,
} as const satisfies Partial<PlannedWorkload>;

const KNOBS = Object.keys(LEAST) as readonly (keyof typeof LEAST)[];

/** All knobs at their least; else one after the other as far as it goes. Then kinds of writes are left out. */
export const simplerWorkload: Pass = async (plan, attempt) => {
  const least = withWorkload(plan, leastOf(plan.workload));
  let current = plan;
  if (await attempt('the least of a workload', least)) {
    current = least;
  } else {
    for (const knob of KNOBS) {
      const value = current.workload[knob];
      const candidates = (knob === 'skew' ? [0] : smallerNumbers(value, LEAST[knob]))
        .filter((smaller) => smaller < value)
        .map(
          (smaller): Smaller => ({
            what: `${knob} ${smaller}`,
            plan: withWorkload(current, { [knob]: smaller }),
          }),
        );
      current = await firstOf(current, candidates, attempt);
    }
  }
  return fewerKinds(current, attempt);
};

const fewerKinds: Pass = async (plan, attempt) => {
  const { mix } = plan.workload;
  const kinds = WRITE_KINDS.filter((kind) => mix[kind] > 0);
  const of = (kept: readonly string[]) =>
    withWorkload(plan, {
      mix: Object.fromEntries(
        WRITE_KINDS.map((kind) => [kind, kept.includes(kind) ? mix[kind] : 0]),
      ) as PlannedWorkload['mix'],
    });
  // With none there would be no writes: such a plan is none.
  return of(await ddmin(kinds, (some) => attempt(`writes of ${some.join(', ')}`, of(some))));
};

function leastOf(workload: PlannedWorkload): Partial<PlannedWorkload> {
  return Object.fromEntries(KNOBS.map((knob) => [knob, Math.min(workload[knob], LEAST[knob])]));
}

function withWorkload(plan: Plan, changes: Partial<PlannedWorkload>): Plan {
  return { ...plan, workload: { ...plan.workload, ...changes } };
}
