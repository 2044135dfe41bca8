import type { CampaignResult, NightResult } from '../../../campaign/night-result.ts';
import { campaignResult } from '../summary.ts';
import { sampleRun } from './sample-run.ts';

const sample = campaignResult(sampleRun({ chaosMs: 10_000, faults: 3 }));

/** A campaign that passed, but for what is named. */
export function campaign(rest: Partial<CampaignResult> = {}): CampaignResult {
  return { ...sample, ...rest };
}

/** A night of one shard, but for what is named. */
export function night(
  campaigns: readonly CampaignResult[],
  rest: Partial<NightResult> = {},
): NightResult {
  return {
    format: 1,
    baseSeed: 99,
    shards: 1,
    held: [1],
    startedAtMs: 0,
    endedAtMs: 3_600_000,
    campaigns,
    ...rest,
  };
}

/** What keys and log lines may hold, and what pages must survive. */
export const NASTY = '</script><b>x</b> `code` | @someone ]]> "\'&\u0000\u202e\ud800';
