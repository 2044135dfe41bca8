import type { CampaignResult, NightResult } from '../../campaign/night-result.ts';

/**
 * A run's result for programs: a `CampaignResult` (helpers/campaign/night-result.ts) and a `format`, as JSON. Fields are only
 * added within format 1; every count is there even where it is 0, and what is optional is absent rather than null.
 *
 * - `seed`, `target`, `servers`, `replay`, `artifact`: what was run, where it lies, how it runs again.
 * - `verdict`: `pass`, `correctness`, `liveness`, `inconclusive` or `environment`; `why`: one sentence.
 * - `findings`: `{checker, verdict, text, atMs}`, first lines; `atMs` counts from when the deployment was ready.
 * - `startedAtMs` since the epoch; `durationMs`, `convergedAfterMs`.
 * - `writes`, `reads`: `{ok, failed, unknown}`, of writes `lost`, too; `faults` by kind, `faultsPassedOver`.
 * - `resyncs`: `{full, partial, partialBytes}`; `rareStates`: times by state.
 */
export function jsonReport(result: CampaignResult): string {
  return text({ format: 1, ...result });
}

/** A night for programs: a `NightResult`, whose `campaigns` are what `jsonReport` tells of each run. It is what shards leave to be merged. */
export function nightJson(night: NightResult): string {
  return text(night);
}

function text(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
