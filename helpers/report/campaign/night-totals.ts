import { addedUp, type CampaignResult, type NightResult } from '../../campaign/night-result.ts';
import { RARE_STATES, type RareState, type RunVerdict } from '../../campaign/record.ts';

/** What a night adds up to. */
export interface NightTotals {
  readonly durationMs: number;
  readonly writes: number;
  readonly lost: number;
  readonly full: number;
  readonly partial: number;
  readonly partialBytes: number;
  /** By kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly injected: number;
  readonly rareStates: Readonly<Record<RareState, number>>;
  readonly targets: readonly TargetTotals[];
}

export interface TargetTotals {
  readonly target: string;
  readonly verdicts: Readonly<Partial<Record<RunVerdict, number>>>;
  readonly campaigns: number;
  readonly full: number;
  readonly partial: number;
  readonly injected: number;
}

export function nightTotals({ campaigns, startedAtMs, endedAtMs }: NightResult): NightTotals {
  const sum = (read: (campaign: CampaignResult) => number) => sumOf(campaigns, read);
  const faults = addedUp(campaigns.map((campaign) => campaign.faults));
  const states = addedUp(campaigns.map(({ rareStates }) => rareStates));
  return {
    durationMs: endedAtMs - startedAtMs,
    writes: sum(({ writes }) => writes.ok),
    lost: sum(({ writes }) => writes.lost ?? 0),
    full: sum(({ resyncs }) => resyncs.full),
    partial: sum(({ resyncs }) => resyncs.partial),
    partialBytes: sum(({ resyncs }) => resyncs.partialBytes),
    faults,
    injected: total(faults),
    rareStates: Object.fromEntries(
      RARE_STATES.map((state) => [state, states[state] ?? 0]),
    ) as Record<RareState, number>,
    targets: [...Map.groupBy(campaigns, ({ target }) => target)].map(([target, own]) => ({
      target,
      verdicts: addedUp(own.map(({ verdict }) => ({ [verdict]: 1 }))),
      campaigns: own.length,
      full: sumOf(own, ({ resyncs }) => resyncs.full),
      partial: sumOf(own, ({ resyncs }) => resyncs.partial),
      injected: sumOf(own, (campaign) => total(campaign.faults)),
    })),
  };
}

function sumOf(
  campaigns: readonly CampaignResult[],
  read: (campaign: CampaignResult) => number,
): number {
  return campaigns.reduce((sum, campaign) => sum + read(campaign), 0);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, times) => sum + times, 0);
}
