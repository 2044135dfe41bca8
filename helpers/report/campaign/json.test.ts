import { expect, test } from 'vitest';
import { mergeNights } from '../../campaign/night-result.ts';
import { jsonReport, nightJson } from './json.ts';
import { campaignResult } from './summary.ts';
import { campaign, NASTY, night } from './testing/campaigns.ts';
import { sampleRun } from './testing/sample-run.ts';

test('a run as JSON has the fields that are promised, and those alone', () => {
  const told = JSON.parse(jsonReport(campaignResult(sampleRun({ lost: 2 }))));
  expect(told.format).toBe(1);
  expect(Object.keys(told).sort()).toEqual(
    [
      ...[
        'format',
        'seed',
        'target',
        'servers',
        'verdict',
        'why',
        'findings',
        'replay',
        'artifact',
      ],
      ...['startedAtMs', 'durationMs', 'convergedAfterMs', 'nodes', 'sentinels', 'writes', 'reads'],
      ...['faults', 'faultsPassedOver', 'resyncs', 'rareStates'],
    ].sort(),
  );
  expect(told.writes).toEqual({
    ok: expect.any(Number),
    failed: expect.any(Number),
    unknown: expect.any(Number),
    lost: 2,
  });
  expect(told.findings).toEqual([
    {
      checker: 'acknowledged writes',
      verdict: 'correctness',
      text: expect.stringMatching(/^2 acknowledged appends/),
      atMs: expect.any(Number),
    },
  ]);
});

test('what a shard leaves can be read and merged', () => {
  const shards = [1, 2].map((held) =>
    night([campaign({ why: NASTY, seed: held })], { shards: 2, held: [held] }),
  );
  const merged = mergeNights(shards.map((shard) => JSON.parse(nightJson(shard))));
  expect(merged).toEqual(mergeNights(shards));
});
