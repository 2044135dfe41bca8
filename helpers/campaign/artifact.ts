import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChaosError, messageOf } from '../errors.ts';
import type { PageAssets } from '../report/campaign/html/assets.ts';
import { htmlReport } from '../report/campaign/html/report.ts';
import { jsonReport } from '../report/campaign/json.ts';
import { junitReport } from '../report/campaign/junit.ts';
import { markdownSummary } from '../report/campaign/markdown.ts';
import type { ReportedRun } from '../report/campaign/reported-run.ts';
import { campaignResult } from '../report/campaign/summary.ts';
import type { Plan } from './plan.ts';

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
  const files = {
    [REPORT_FILE]: htmlReport(run, assets),
    'result.json': jsonReport(result),
    'junit.xml': junitReport(result),
    'summary.md': markdownSummary(result),
  };
  for (const [name, text] of Object.entries(files)) await saved(join(folder, name), text);
}

/** Writes a file, and the folders it is in. */
export async function saved(file: string, text: string): Promise<void> {
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  } catch (thrown) {
    throw new ChaosError('environment', `cannot write ${file}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}
