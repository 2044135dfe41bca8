import type { Plan } from '../plan.ts';

/** Whether a smaller plan still fails. `what` tells how it is smaller. */
export type Attempt = (what: string, plan: Plan) => Promise<boolean>;

/** One way to make a plan smaller: attempts in a fixed order, and the smallest plan of them that failed. */
export type Pass = (plan: Plan, attempt: Attempt) => Promise<Plan>;

/** A plan, and how it is smaller than another. */
export interface Smaller {
  readonly what: string;
  readonly plan: Plan;
}

/** The first of several that still fails, or the plan itself. */
export async function firstOf(
  plan: Plan,
  candidates: readonly Smaller[],
  attempt: Attempt,
): Promise<Plan> {
  for (const candidate of candidates) {
    if (await attempt(candidate.what, candidate.plan)) return candidate.plan;
  }
  return plan;
}

/** From the least to half of what there is: a few, as each costs a run. */
export function smallerNumbers(value: number, least: number): number[] {
  const above = value - least;
  const candidates = [least, least + Math.floor(above / 4), least + Math.floor(above / 2)];
  return [...new Set(candidates)].filter((candidate) => candidate < value);
}
