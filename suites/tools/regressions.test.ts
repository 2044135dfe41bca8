/**
 * Plans of campaigns that once broke something, each as small as it still did. None of them may break anything again:
 * `npm run replay -- suites/regressions/<name>.json` runs one by itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderOf, writePlan, writeReports } from '../../helpers/campaign/artifact.ts';
import { adaptPlan } from '../../helpers/campaign/draw/adapt-plan.ts';
import { planTarget } from '../../helpers/campaign/draw/plan-target.ts';
import { readPlan } from '../../helpers/campaign/plan-file.ts';
import { runPlan } from '../../helpers/campaign/run/run-plan.ts';
import { judge } from '../../helpers/check/campaign/judge.ts';
import { pageAssets } from '../../helpers/report/campaign/html/assets.ts';
import { expect, test } from '../../helpers/suite.ts';

const FOLDER = join(import.meta.dirname, '../regressions');
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));

test.for(names)('%s', async (name, { driver, signal }) => {
  const file = join(FOLDER, `${name}.json`);
  const { plan } = adaptPlan(readPlan(readFileSync(file, 'utf8'), file), planTarget(driver.target));
  const record = await runPlan(driver, plan, { signal });
  const judgement = judge(record);
  if (judgement.verdict === 'pass') return;

  const artifact = folderOf('artifacts/regressions', driver.target.name, name, Date.now());
  const replay = `npm run replay -- ${file} --target ${driver.target.name}`;
  await writePlan(artifact, plan);
  await writeReports(artifact, { record, judgement, replay, artifact }, await pageAssets());
  expect.fail(
    [
      `${judgement.verdict}: ${name}`,
      ...judgement.findings.map(({ checker, text }) => `- ${checker}: ${text}`),
      `artifact: ${artifact}`,
    ].join('\n'),
  );
});
