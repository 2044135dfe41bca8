import { ChaosError, messageOf, VERDICTS } from '../errors.ts';
import { visible } from '../report/campaign/visible.ts';
import type { BriefFinding, CampaignResult, NightResult } from './night-result.ts';
import {
  atLeast,
  byName,
  finite,
  list,
  Mismatch,
  oneOf,
  type Read,
  text,
  texts,
  whole,
} from './plan-file/json.ts';

const OUTCOMES = { ok: whole(0), failed: whole(0), unknown: whole(0) };

const CAMPAIGN = atLeast<CampaignResult>(
  {
    seed: finite,
    target: text,
    servers: texts,
    verdict: oneOf(['correctness', 'liveness', 'environment', 'inconclusive', 'pass']),
    why: text,
    findings: list(
      atLeast<BriefFinding>({ checker: text, verdict: oneOf(VERDICTS), text, atMs: finite }, [
        'atMs',
      ]),
    ),
    replay: text,
    artifact: text,
    startedAtMs: finite,
    durationMs: finite,
    convergedAfterMs: finite,
    nodes: whole(0),
    sentinels: whole(0),
    writes: atLeast<CampaignResult['writes']>({ ...OUTCOMES, lost: whole(0) }, ['lost']),
    reads: atLeast<CampaignResult['reads']>(OUTCOMES),
    faults: byName(whole(0)),
    faultsPassedOver: whole(0),
    resyncs: atLeast({ full: whole(0), partial: whole(0), partialBytes: finite }),
    // An earlier version may know fewer.
    rareStates: byName(whole(0)) as Read<CampaignResult['rareStates']>,
  },
  ['artifact', 'convergedAfterMs'],
);

const NIGHT = atLeast<NightResult>({
  format: oneOf([1]),
  baseSeed: finite,
  shards: whole(1),
  held: list(whole(1)),
  startedAtMs: finite,
  endedAtMs: finite,
  campaigns: list(CAMPAIGN),
});

/** The result of a night from JSON. Throws misuse with the place in `source` that is not as it should be. */
export function readNight(json: string, source: string): NightResult {
  try {
    return NIGHT(JSON.parse(json), '');
  } catch (thrown) {
    const where = thrown instanceof Mismatch && thrown.path !== '' ? `${thrown.path}: ` : '';
    throw new ChaosError(
      'misuse',
      `${source} is no result of a night: ${where}${visible(messageOf(thrown))}`,
    );
  }
}
