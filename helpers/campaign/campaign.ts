import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { judge } from '../check/campaign/judge.ts';
import type { Driver } from '../deployment/driver.ts';
import { ChaosError, messageOf, withoutVerdict } from '../errors.ts';
import type { PageAssets } from '../report/campaign/html/assets.ts';
import type { ReportedRun } from '../report/campaign/reported-run.ts';
import { now } from '../timeline.ts';
import { PLAN_FILE, reported, writePlan } from './artifact.ts';
import { Journal } from './journal.ts';
import { RECORD_FORMAT } from './journal-lines.ts';
import type { Plan } from './plan.ts';
import type { RunRecord } from './record.ts';
import type { Progress } from './run/progress.ts';
import { runPlan } from './run/run-plan.ts';

export interface CampaignOptions {
  /** Of the artifact, which must not be there yet. */
  readonly folder: string;
  readonly assets: PageAssets;
  /** The command that runs the plan of an artifact again. */
  readonly replayOf: (folder: string, target: string) => string;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs a plan on a target and judges it. The folder has the plan before the run begins, its record as it comes, and every
 * report in the end. Throws `environment` where not even the plan can be written, and `misuse` for a plan that cannot be run:
 * then the folder has nothing of it.
 */
export async function campaign(
  driver: Driver,
  plan: Plan,
  { folder, assets, replayOf, ...options }: CampaignOptions,
): Promise<ReportedRun> {
  const journal = await Journal.open(folder);
  await writePlan(folder, plan).catch(async (thrown: unknown) => {
    await journal.discard();
    throw thrown;
  });
  const record = await runPlan(driver, plan, { journal, ...options }).catch(
    async (thrown: unknown) => {
      if (thrown instanceof ChaosError && thrown.verdict === 'misuse') {
        await rm(join(folder, PLAN_FILE));
        await journal.discard();
        throw thrown;
      }
      return journaled(notBegun(driver, plan, thrown), journal);
    },
  );
  const run = {
    record,
    judgement: judge(record),
    replay: replayOf(folder, driver.target.name),
    artifact: folder,
  };
  return reported(folder, run, assets);
}

/** The record of a run that had none: its deployment did not start. */
function notBegun({ target }: Driver, plan: Plan, thrown: unknown): RunRecord {
  const verdict = thrown instanceof ChaosError ? thrown.verdict : 'environment';
  const atMs = now();
  const text = `the deployment did not start: ${withoutVerdict(messageOf(thrown))}`;
  return {
    head: {
      format: RECORD_FORMAT,
      plan,
      target: { name: target.name, description: `${target.product} ${target.version}` },
      servers: {},
      readyAtMs: atMs,
    },
    operations: [],
    samples: [],
    events: [],
    resyncs: [],
    logs: [],
    troubles: [{ type: 'trouble', atMs, verdict, text }],
  };
}

async function journaled(record: RunRecord, journal: Journal): Promise<RunRecord> {
  journal.write({ type: 'head', ...record.head });
  for (const trouble of record.troubles) journal.write(trouble);
  await journal.end();
  return record;
}
