import { expect, test } from 'vitest';
import { campaign, night } from '../report/campaign/testing/campaigns.ts';
import { readNight } from './night-file.ts';

const ONE = night([campaign({ verdict: 'liveness' })]);

test('a night is read as it was written, with what a newer version adds', () => {
  expect(readNight(JSON.stringify(ONE), 'night.json')).toEqual(ONE);
  const newer = { ...ONE, weather: 'fine' };
  expect(readNight(JSON.stringify(newer), 'night.json')).toEqual(newer);
});

test.for<[json: string, says: string]>([
  ['', 'Unexpected end of JSON input'],
  ['\u001b[31m', '\\x1b'],
  ['[]', 'expected an object, got []'],
  ['{"name":"x"}', 'format: expected one of 1, and there is none'],
  [JSON.stringify({ ...ONE, format: 2 }), 'format: expected one of 1, got 2'],
  [JSON.stringify({ ...ONE, held: 1 }), 'held: expected a list, got 1'],
  [
    JSON.stringify({ ...ONE, campaigns: [{ ...campaign(), verdict: 'fine' }] }),
    'campaigns[0].verdict: expected one of correctness',
  ],
  [JSON.stringify({ ...ONE, campaigns: [{ seed: 1 }] }), 'campaigns[0].target: expected a text'],
])('%j is none', ([json, says]) => {
  expect(() => readNight(json, 'night.json')).toThrow(
    `misuse: night.json is no result of a night: `,
  );
  expect(() => readNight(json, 'night.json')).toThrow(says);
});
