import { expect, test } from 'vitest';
import { axisOf, percentOf } from './axis.ts';
import { ticksOf } from './page/ticks.ts';
import { READY_AT_MS, sampleRun } from './testing/sample-run.ts';

const axis = { readyAtMs: 1_000, lengthMs: 40_000 };

test.for([
  [1_000, 0],
  [11_000, 25],
  [41_000, 100],
  [0, 0],
  [99_000, 100],
] as const)('the instant %d is at %d percent', ([atMs, percent]) => {
  expect(percentOf(axis, atMs)).toBe(percent);
});

test('the axis begins when the deployment was ready and ends with the last thing known, in whatever order they stand', () => {
  const { record } = sampleRun({ chaosMs: 20_000 });
  expect(axisOf(record)).toEqual({ readyAtMs: READY_AT_MS, lengthMs: 23_000 });

  const { final: _, ...died } = record;
  const late = { type: 'trouble', atMs: READY_AT_MS + 50_000, verdict: 'environment', text: 'x' };
  const early = { ...late, atMs: READY_AT_MS + 1 };
  const troubles = [late, early] as unknown as typeof record.troubles;
  expect(axisOf({ ...died, troubles }).lengthMs).toBe(50_000);
});

test('a run of which nothing is known has an axis that can be divided by', () => {
  const { record } = sampleRun();
  const { final: _, ...died } = record;
  expect(axisOf({ ...died, samples: [], events: [], resyncs: [] }).lengthMs).toBe(1);
});

test.for([
  [0, 60_000, 10, ['0 s', '10 s', '20 s', '30 s', '40 s', '50 s']],
  [0, 3_600_000, 6, ['0', '10 min', '20 min', '30 min', '40 min', '50 min']],
  [3_590_000, 3_596_000, 4, ['59:50', '59:52', '59:54']],
  [10_000, 10_500, 5, ['10.0 s', '10.1 s', '10.2 s', '10.3 s', '10.4 s']],
] as const)('ticks from %d to %d ms, at most %d', ([fromMs, toMs, most, labels]) => {
  expect(ticksOf(fromMs, toMs, most).map(({ label }) => label)).toEqual(labels);
});
