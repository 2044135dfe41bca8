import { expect, test } from 'vitest';
import { campaignResult } from '../report/campaign/summary.ts';
import { sampleRun } from '../report/campaign/testing/sample-run.ts';
import {
  addedUp,
  mergeNights,
  missingShards,
  type NightResult,
  nightVerdict,
  verdictCounts,
} from './night-result.ts';
import type { RunVerdict } from './record.ts';

const passed = campaignResult(sampleRun({ chaosMs: 10_000 }));

function shard(number: number, verdicts: readonly RunVerdict[], rest: Partial<NightResult> = {}) {
  return {
    format: 1,
    baseSeed: 7,
    shards: 3,
    held: [number],
    startedAtMs: 1_000 * number,
    endedAtMs: 1_000 * number + 500,
    campaigns: verdicts.map((verdict, index) => ({
      ...passed,
      verdict,
      seed: number * 100 + index,
    })),
    ...rest,
  } as const satisfies NightResult;
}

test('shards of one night become one, in order, whatever order they come in', () => {
  const night = mergeNights([
    shard(3, ['pass']),
    shard(1, ['pass', 'liveness']),
    shard(2, ['pass']),
  ]);
  expect(night.campaigns.map(({ seed }) => seed)).toEqual([100, 101, 200, 300]);
  expect(night).toMatchObject({ held: [1, 2, 3], startedAtMs: 1_000, endedAtMs: 3_500 });
  expect(missingShards(night)).toEqual([]);
  expect(verdictCounts(night)).toEqual({
    correctness: 0,
    liveness: 1,
    environment: 0,
    inconclusive: 0,
    pass: 3,
  });
});

test('what was merged may be merged again', () => {
  const night = mergeNights([mergeNights([shard(3, ['pass']), shard(1, [])]), shard(2, ['pass'])]);
  expect(night.held).toEqual([1, 2, 3]);
});

test('a shard that is missing is named, and the night has not passed', () => {
  const night = mergeNights([shard(1, ['pass']), shard(3, ['pass'])]);
  expect(missingShards(night)).toEqual([2]);
  expect(nightVerdict(night)).toBe('inconclusive');
});

test.for([
  [[shard(1, []), shard(1, [])], 'shard 1/3 of the night of seed 7 is there twice'],
  [
    [shard(1, []), shard(2, [], { baseSeed: 8 })],
    'results are not of one night: shard 1 of 3, base seed 7; shard 2 of 3, base seed 8',
  ],
  [[shard(1, []), shard(2, [], { shards: 4 })], 'results are not of one night'],
  [[shard(4, [])], 'there is no shard 4 of 3'],
  [[shard(1, [], { format: 2 as 1 })], 'has format 2: this version reads format 1'],
  [[], 'there is no result of a night to merge'],
] as const)('%#: what does not belong together is refused', ([results, message]) => {
  expect(() => mergeNights(results)).toThrow(message);
});

test.for([
  [['pass', 'pass', 'pass'], 'pass'],
  [['pass', 'inconclusive', 'pass'], 'inconclusive'],
  [['environment', 'inconclusive', 'pass'], 'environment'],
  [['environment', 'liveness', 'pass'], 'liveness'],
  [['environment', 'liveness', 'correctness'], 'correctness'],
] as const)('a night of %j is %s', ([[one, two, three], verdict]) => {
  expect(nightVerdict(mergeNights([shard(1, [one]), shard(2, [two]), shard(3, [three])]))).toBe(
    verdict,
  );
});

test('a night without a campaign has not passed', () => {
  expect(nightVerdict({ ...shard(1, []), shards: 1 })).toBe('inconclusive');
});

test('counts by name add up', () => {
  expect(addedUp([{ cut: 1 }, { cut: 2, pause: 1 }, {}])).toEqual({ cut: 3, pause: 1 });
});
