import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../deployment/target.ts';
import type { PageAssets } from '../../report/campaign/html/assets.ts';
import type { ReportedRun } from '../../report/campaign/reported-run.ts';
import { campaignResult } from '../../report/campaign/summary.ts';
import { now } from '../../timeline.ts';
import { folderOf } from '../artifact.ts';
import { campaign } from '../campaign.ts';
import { adaptPlan } from '../draw/adapt-plan.ts';
import { drawPlan } from '../draw/draw-plan.ts';
import type { Pins } from '../draw/pins.ts';
import { planTarget } from '../draw/plan-target.ts';
import { JOURNAL_FILE } from '../journal.ts';
import type { CampaignResult, NightResult } from '../night-result.ts';
import { Drivers } from './drivers.ts';
import { campaignSeeds, type Shard } from './seeds.ts';
import { shrinkFailure } from './shrink-failure.ts';

export interface NightOptions {
  readonly baseSeed: number;
  readonly shard: Shard;
  /** They take turns. */
  readonly targets: readonly [Target, ...Target[]];
  /** Cheapest to shrink on. */
  readonly reference?: Target;
  readonly pins: Pins;
  /** How long faults come, in a plan that does not say otherwise. */
  readonly chaosMs: number;
  /** No campaign is begun after this time. */
  readonly forMs: number;
  /** Ends after so many campaigns that have found something. */
  readonly failuresMax: number;
  /** For each of them. 0: none is made smaller. */
  readonly shrinkMs: number;
  /** Every campaign has a folder of its own in it. */
  readonly folder: string;
  readonly assets: PageAssets;
  readonly replayOf: (folder: string, target: string) => string;
  readonly tell: (line: string) => void;
  /** Told after each campaign, of all until then: what is known is kept whatever comes. */
  readonly onResult: (night: NightResult) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Whether something was found that speaks of the servers. */
export function isFound({ verdict }: Pick<CampaignResult, 'verdict'>): boolean {
  return verdict === 'correctness' || verdict === 'liveness';
}

/** Campaign after campaign, each of a seed of its own, until the time is over or enough was found. */
export async function night(options: NightOptions): Promise<NightResult> {
  const { baseSeed, shard, targets, forMs, failuresMax, signal } = options;
  const startedAtMs = now();
  const campaigns: CampaignResult[] = [];
  const result = (): NightResult => ({
    format: 1,
    baseSeed,
    shards: shard.of,
    held: [shard.number],
    startedAtMs,
    endedAtMs: now(),
    campaigns: [...campaigns],
  });
  await using drivers = new Drivers();
  for (const seed of campaignSeeds(baseSeed, shard)) {
    if (signal.aborted || now() - startedAtMs >= forMs) break;
    if (campaigns.filter(isFound).length >= failuresMax) break;
    const target = targets[campaigns.length % targets.length] as Target;
    campaigns.push(await oneOf(seed, target, drivers, options));
    await options.onResult(result());
  }
  return result();
}

async function oneOf(
  seed: number,
  target: Target,
  drivers: Drivers,
  options: NightOptions,
): Promise<CampaignResult> {
  const { assets, replayOf, tell, signal, chaosMs, pins } = options;
  const driver = await drivers.of(target);
  const drawn = drawPlan(seed, pins, { chaosMs });
  const { plan } = adaptPlan(drawn, planTarget(driver.target));
  const folder = folderOf(options.folder, target.name, seed);
  const run = await campaign(driver, plan, { folder, assets, replayOf, signal });
  const result = campaignResult(run);
  tell(`${target.name}, seed ${seed}: ${result.verdict}. ${result.why}`);
  if (isFound(result)) await smaller(run, folder, target, drivers, options);
  // What passed is told by its report, and runs again from its plan.
  if (result.verdict === 'pass') await rm(join(folder, JOURNAL_FILE));
  return result;
}

async function smaller(
  run: ReportedRun,
  folder: string,
  target: Target,
  drivers: Drivers,
  { reference, shrinkMs, tell, signal }: NightOptions,
): Promise<void> {
  if (shrinkMs === 0) return;
  const isElsewhere = reference !== undefined && reference.name !== target.name;
  await shrinkFailure(run, folder, {
    drivers: await drivers.several(target),
    ...(isElsewhere && { references: await drivers.several(reference) }),
    budgetMs: shrinkMs,
    clock: now,
    tell,
    signal,
  });
}
