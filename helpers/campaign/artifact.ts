import { join } from 'node:path';
import { ChaosError, withoutVerdict } from '../errors.ts';
import type { PageAssets } from '../report/campaign/html/assets.ts';
import { htmlReport } from '../report/campaign/html/report.ts';
import { jsonReport } from '../report/campaign/json.ts';
import { junitReport } from '../report/campaign/junit.ts';
import { markdownSummary } from '../report/campaign/markdown.ts';
import type { ReportedRun } from '../report/campaign/reported-run.ts';
import { campaignResult } from '../report/campaign/summary.ts';
import { saved } from './disk.ts';
import type { Plan } from './plan.ts';
import type { Finding, Judgement } from './record.ts';

/** What is in the folder of a run, beside its journal. */
export const PLAN_FILE = 'plan.json';
export const SHRUNK_FILE = 'shrunk.json';
export const REPORT_FILE = 'report.html';

/** The folder of one run on a target, by a name that every file system and archive takes. */
export function folderOf(parent: string, target: string, ...parts: readonly (string | number)[]) {
  return join(parent, [target, ...parts].join('-').replaceAll(/[^\w.@+-]/g, '-'));
}

/** Writes a plan, so that it can be run again whatever becomes of the run. */
export async function writePlan(folder: string, plan: Plan, name = PLAN_FILE): Promise<string> {
  const file = join(folder, name);
  await saved(file, `${JSON.stringify(plan, undefined, 2)}\n`);
  return file;
}

/** Writes every form of the report on a run into its folder. Throws `environment` if the disk does not take one. */
export async function writeReports(
  folder: string,
  run: ReportedRun,
  assets: PageAssets,
): Promise<void> {
  const result = campaignResult(run);
  // The page is by far the largest: the others may find room where it does not.
  const files = {
    'result.json': jsonReport(result),
    'junit.xml': junitReport(result),
    'summary.md': markdownSummary(result),
    [REPORT_FILE]: htmlReport(run, assets),
  };
  for (const [name, text] of Object.entries(files)) await saved(join(folder, name), text);
}

/**
 * Writes the reports on a run. Where the disk does not take them, the run is given with that as a finding of the environment:
 * what was found before is told all the same.
 */
export async function reported(
  folder: string,
  run: ReportedRun,
  assets: PageAssets,
): Promise<ReportedRun> {
  try {
    await writeReports(folder, run, assets);
    return run;
  } catch (thrown) {
    if (!(thrown instanceof ChaosError)) throw thrown;
    return { ...run, judgement: worsened(run.judgement, thrown), isReported: false };
  }
}

function worsened(judgement: Judgement, { message }: ChaosError): Judgement {
  const { verdict } = judgement;
  const without = verdict === 'environment' ? '' : `; without that the verdict is ${verdict}`;
  const finding: Finding = {
    checker: 'report',
    verdict: 'environment',
    text: `${withoutVerdict(message)}${without}`,
  };
  return {
    ...judgement,
    verdict: 'environment',
    findings: [...judgement.findings, finding],
  };
}
