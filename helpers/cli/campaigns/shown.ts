import { folderOf } from '../../campaign/artifact.ts';
import { campaign } from '../../campaign/campaign.ts';
import { adaptPlan } from '../../campaign/draw/adapt-plan.ts';
import { planTarget } from '../../campaign/draw/plan-target.ts';
import type { Plan } from '../../campaign/plan.ts';
import type { RunVerdict } from '../../campaign/record.ts';
import type { Driver } from '../../deployment/driver.ts';
import type { PageAssets } from '../../report/campaign/html/assets.ts';
import { planOutline } from '../../report/campaign/plan-outline.ts';
import { now } from '../../timeline.ts';
import { Display } from './display.ts';
import { replayOf, verdictLines } from './verdict.ts';

/** The plan as the driver's target can run it, told with what had to be changed. */
export function toldPlan({ target }: Driver, stored: Plan): Plan {
  const { plan, changes } = adaptPlan(stored, planTarget(target));
  console.log([`on ${target.name}`, ...changes, ...planOutline(plan)].join('\n'));
  return plan;
}

/** Runs a plan in sight of whoever watches, in a folder of its own below `parent`, and tells the verdict. */
export async function shownCampaign(
  driver: Driver,
  plan: Plan,
  { parent, assets, signal }: { parent: string; assets: PageAssets; signal: AbortSignal },
): Promise<RunVerdict> {
  const display = new Display(process.stdout, plan, now);
  const run = await campaign(driver, plan, {
    folder: folderOf(parent, driver.target.name, plan.seed, Date.now()),
    assets,
    replayOf,
    onProgress: (progress) => display.show(progress),
    signal,
  });
  console.log(verdictLines(run).join('\n'));
  return run.judgement.verdict;
}
