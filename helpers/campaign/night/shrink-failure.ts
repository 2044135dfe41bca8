import { join } from 'node:path';
import { judge } from '../../check/campaign/judge.ts';
import type { Driver } from '../../deployment/driver.ts';
import { ChaosError } from '../../errors.ts';
import type { ReportedRun } from '../../report/campaign/reported-run.ts';
import { SHRUNK_FILE, writePlan } from '../artifact.ts';
import { adaptPlan } from '../draw/adapt-plan.ts';
import { planTarget } from '../draw/plan-target.ts';
import type { Plan } from '../plan.ts';
import type { RunRecord, RunVerdict } from '../record.ts';
import { runPlan } from '../run/run-plan.ts';
import { type ShrunkPlan, shrinkPlan } from '../shrink/shrink-plan.ts';
import type { Fails } from '../shrink/trial.ts';
import { Lanes } from './lanes.ts';

export interface ShrinkFailureOptions {
  /** Where it failed: as many runs side by side as there are drivers. */
  readonly drivers: readonly [Driver, ...Driver[]];
  /** Runs cost least there: it is tried first. Absent where it is what failed, or is not wanted. */
  readonly references?: readonly [Driver, ...Driver[]];
  readonly budgetMs: number;
  readonly clock: () => number;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface ShrunkFailure extends ShrunkPlan {
  /** Name of the target on which it was made smaller. */
  readonly target: string;
  /** The file with the smallest plan, in the folder of the run that failed. */
  readonly file: string;
}

/** What depends on time to some degree shows seldom at the first attempt. */
const TRIES = 2;
const TRIES_MAX = 8;
/** Until a plan is given up that failed once: it is all that is known of what went wrong. */
const TRIES_OF_ORIGINAL = 6;
const CONFIRM = 3;
/** Of a run, beside its chaos: servers start, and all converges. */
const BESIDE_MS = 5_000;

/** The shorter a plan, the more often it is run: in the time of two runs of the original. */
function triesOf(original: Plan): (plan: Plan) => number {
  return (plan) => {
    if (plan === original) return TRIES_OF_ORIGINAL;
    const many = (TRIES * (original.chaosMs + BESIDE_MS)) / (plan.chaosMs + BESIDE_MS);
    return Math.min(TRIES_MAX, Math.floor(many));
  };
}

/**
 * Makes the plan of a failed run smaller as long as it fails with the same verdict (which checker is the first to see it differs
 * from run to run): on the reference if it does there, else on its own
 * target. The plan is written into the run's folder.
 */
export async function shrinkFailure(
  { record, judgement }: ReportedRun,
  folder: string,
  { drivers, references, budgetMs, clock, tell, signal }: ShrinkFailureOptions,
): Promise<ShrunkFailure> {
  const { plan } = record.head;
  const firstAtMs = judgement.findings[0]?.atMs;
  const failsOn = (some: Subject['drivers']): Fails => {
    const lanes = new Lanes(some);
    return (candidate, enough) =>
      lanes.run(async (driver) => {
        if (enough.aborted) return undefined;
        const either = AbortSignal.any([signal, enough]);
        return (
          (await verdictOn(driver, candidate, judgement.verdict, either)) === judgement.verdict
        );
      });
  };
  const shown = references && (await showsOn(references, plan, failsOn));
  const on = shown ?? { drivers, plan };
  const { name } = on.drivers[0].target;
  const tries = triesOf(on.plan);
  tell(`shrinking on ${name}: ${plan.faults.length} faults`);
  const shrunk = await shrinkPlan(on.plan, failsOn(on.drivers), {
    budgetMs,
    clock,
    tries,
    confirm: (candidate) => Math.max(CONFIRM, tries(candidate)),
    ...(firstAtMs !== undefined && { violationAtMs: firstAtMs - record.head.readyAtMs }),
    onStep: ({ what, runs }) => tell(`  ${what} (run ${runs})`),
  });
  const file = await writePlan(folder, shrunk.plan, SHRUNK_FILE);
  const { failed, of } = shrunk.confirmed;
  tell(
    shrunk.ended === 'not-reproduced'
      ? `  it did not fail again: ${join(folder, SHRUNK_FILE)} is the plan as it was`
      : `  ${shrunk.plan.faults.length} faults, ${shrunk.plan.topology.nodes.length} nodes after ${shrunk.runs} runs, fails ${failed} of ${of} times: ${file}`,
  );
  return { ...shrunk, target: name, file };
}

interface Subject {
  readonly drivers: readonly [Driver, ...Driver[]];
  readonly plan: Plan;
}

/** The reference with the plan as it can run there, if the plan fails there the same way. */
async function showsOn(
  drivers: Subject['drivers'],
  plan: Plan,
  failsOn: (drivers: Subject['drivers']) => Fails,
): Promise<Subject | undefined> {
  const adapted = adaptPlan(plan, planTarget(drivers[0].target)).plan;
  const { signal } = new AbortController();
  return (await failsOn(drivers)(adapted, signal)) ? { drivers, plan: adapted } : undefined;
}

/** A deployment that does not start has none. A run that has failed as expected need not go on. */
async function verdictOn(
  driver: Driver,
  plan: Plan,
  expected: RunVerdict,
  signal: AbortSignal,
): Promise<RunVerdict | undefined> {
  const isDecided = (record: RunRecord) => judge(record).verdict === expected;
  try {
    return judge(await runPlan(driver, plan, { isDecided, signal })).verdict;
  } catch (thrown) {
    if (thrown instanceof ChaosError && thrown.verdict !== 'misuse') return undefined;
    throw thrown;
  }
}
