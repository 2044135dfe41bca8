import {
  missingShards,
  NIGHT_ORDER,
  type NightResult,
  verdictCounts,
} from '../../campaign/night-result.ts';
import { counted } from './units.ts';

/** One sentence: what became of a night's campaigns, and what is missing of it. */
export function nightWhy(night: NightResult): string {
  const counts = verdictCounts(night);
  const ended = NIGHT_ORDER.filter((verdict) => counts[verdict] > 0).map((verdict) =>
    verdict === 'pass' ? `${counts.pass} passed` : `${counts[verdict]} ${verdict}`,
  );
  const missing = missingShards(night);
  return [
    night.campaigns.length === 0
      ? 'No campaign was run'
      : `${counted(night.campaigns.length, 'campaign')}: ${ended.join(', ')}`,
    missing.length > 0
      ? `; ${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} of ${night.shards} missing`
      : '',
    '.',
  ].join('');
}
