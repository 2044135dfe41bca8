import { ChaosError } from '../../errors.ts';
import type { Plan } from '../plan.ts';
import type { Attempt, Pass } from './pass.ts';
import { fewerDirectives, fewerNodes, fewerSentinels, tighterBound } from './passes-deployment.ts';
import { fewerFaults, shorterChaos, simplerFaults, upTo } from './passes-faults.ts';
import { simplerWorkload } from './passes-workload.ts';
import { type Fails, type Often, Trial, type TrialOptions } from './trial.ts';

export interface ShrinkOptions extends TrialOptions {
  /** How often a plan is run to tell how often it fails, beyond the budget if need be. Default: 3 times. */
  readonly confirm?: (plan: Plan) => number;
  /** When the violation was seen, on the plan's time: what came later is left out first. */
  readonly violationAtMs?: number;
  /** Told of each smaller plan that still fails. */
  readonly onStep?: (step: ShrinkStep) => void;
}

export interface ShrinkStep {
  /** How it is smaller: `2 of 14 faults: f3, f5`. */
  readonly what: string;
  readonly plan: Plan;
  /** Runs so far. */
  readonly runs: number;
}

export interface ShrunkPlan {
  /** The smallest that failed; the plan itself if it did not fail again. */
  readonly plan: Plan;
  readonly steps: readonly ShrinkStep[];
  readonly runs: number;
  /** `minimal`: nothing else could be left out. `budget`: more might. `not-reproduced`: it did not fail in its tries. */
  readonly ended: 'minimal' | 'budget' | 'not-reproduced';
  /** Of the runs that confirmed it. */
  readonly confirmed: { readonly failed: number; readonly of: number };
}

const CONFIRM = 3;

/**
 * What makes every later run shorter or likelier to be spared comes first. Of faults each counts that is not needed; whatever else
 * becomes less must leave a plan that fails as surely.
 */
const PASSES: readonly (readonly [Often, Pass])[] = [
  ['once', tighterBound],
  ['once', fewerFaults],
  ['always', shorterChaos],
  ['always', simplerWorkload],
  ['always', fewerSentinels],
  ['always', fewerNodes],
  ['always', fewerDirectives],
  ['always', simplerFaults],
];

/**
 * Makes a plan that fails smaller as long as it fails: fewer faults, nodes, directives and kinds of writes, shorter and simpler
 * what is left. The order of attempts depends on the plan alone. No plan is run twice in it, and only such as can be run and
 * would not fail by themselves. What `fails` throws is passed on.
 */
export async function shrinkPlan(
  plan: Plan,
  fails: Fails,
  options: ShrinkOptions,
): Promise<ShrunkPlan> {
  const { confirm = () => CONFIRM, violationAtMs, onStep } = options;
  mustBeWhole('tries', options.tries?.(plan) ?? 1, 1);
  mustBeWhole('confirm', confirm(plan), 0);
  const trial = new Trial(plan, fails, options);
  if (!(await trial.fails(plan, 'once'))) {
    const confirmed = { failed: 0, of: trial.runs };
    return { plan, steps: [], runs: trial.runs, ended: 'not-reproduced', confirmed };
  }
  const steps: ShrinkStep[] = [];
  const failing = new Set([JSON.stringify(plan)]);
  const attempts =
    (often: Often): Attempt =>
    async (what, smaller) => {
      const key = JSON.stringify(smaller);
      if (failing.has(key)) return true;
      if (!(await trial.fails(smaller, often))) return false;
      failing.add(key);
      const step = { what, plan: smaller, runs: trial.runs };
      steps.push(step);
      onStep?.(step);
      return true;
    };
  const first = violationAtMs === undefined ? undefined : upTo(violationAtMs);
  const began = (await first?.(plan, attempts('once'))) ?? plan;
  const smallest = await toTheEnd(began, attempts);
  const ended = trial.wasDenied ? 'budget' : 'minimal';
  const candidates = [plan, ...steps.map((step) => step.plan)].filter((one) => one !== smallest);
  const confirmed = await confirmedOf([...candidates, smallest], trial, confirm);
  return { ...confirmed, steps, runs: trial.runs, ended };
}

/** All passes over and over, until none finds anything. */
async function toTheEnd(plan: Plan, attempts: (often: Often) => Attempt): Promise<Plan> {
  let current = plan;
  for (;;) {
    const before = JSON.stringify(current);
    for (const [often, pass] of PASSES) current = await pass(current, attempts(often));
    if (JSON.stringify(current) === before) return current;
  }
}

/**
 * The smallest that fails whenever it is run, else the one that does most often. What is small fails by chance, at times: then
 * larger ones are run, at steps back that double, down to the plan itself, while the budget lasts.
 */
async function confirmedOf(
  fromLargest: readonly Plan[],
  trial: Trial,
  confirm: (plan: Plan) => number,
): Promise<Pick<ShrunkPlan, 'plan' | 'confirmed'>> {
  const fromSmallest = fromLargest.toReversed();
  let best: Pick<ShrunkPlan, 'plan' | 'confirmed'> | undefined;
  for (let back = 0; best === undefined || !trial.isOver(1); back = 2 * back + 1) {
    const plan = fromSmallest[Math.min(back, fromSmallest.length - 1)];
    if (plan === undefined) throw new RangeError('no plan to confirm');
    const times = confirm(plan);
    const confirmed = { failed: await trial.run(plan, times), of: times };
    if (best === undefined || isOftener(confirmed, best.confirmed)) best = { plan, confirmed };
    if (confirmed.failed === times || back >= fromSmallest.length - 1) break;
  }
  return best;
}

function isOftener(one: ShrunkPlan['confirmed'], other: ShrunkPlan['confirmed']): boolean {
  return one.failed * other.of > other.failed * one.of;
}

function mustBeWhole(what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ChaosError(
      'misuse',
      `shrinking: ${what} is ${value}, expected a whole number of at least ${least}`,
    );
  }
}
