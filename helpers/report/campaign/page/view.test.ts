import { expect, test } from 'vitest';
import { STEPS, type View, viewWords } from './view.ts';

const LENGTH_MS = 60_000;
const MIDDLE = { fromMs: 20_000, toMs: 40_000 };
const WHOLE = { fromMs: 0, toMs: LENGTH_MS };

test.for<[step: string, from: View, to: View]>([
  ['in', MIDDLE, { fromMs: 25_000, toMs: 35_000 }],
  ['out', MIDDLE, { fromMs: 10_000, toMs: 50_000 }],
  ['out', { fromMs: 0, toMs: 10_000 }, { fromMs: 0, toMs: 20_000 }],
  ['out', { fromMs: 10_000, toMs: 50_000 }, WHOLE],
  ['earlier', MIDDLE, { fromMs: 10_000, toMs: 30_000 }],
  ['earlier', { fromMs: 2_000, toMs: 12_000 }, { fromMs: 0, toMs: 10_000 }],
  ['later', MIDDLE, { fromMs: 30_000, toMs: 50_000 }],
  ['later', { fromMs: 48_000, toMs: 58_000 }, { fromMs: 50_000, toMs: LENGTH_MS }],
  ['later', WHOLE, WHOLE],
  ['in', { fromMs: 0, toMs: 12 }, { fromMs: 1, toMs: 11 }],
  ['whole', MIDDLE, WHOLE],
])('%s: %j', ([step, from, to]) => {
  expect(STEPS[step]?.(from, LENGTH_MS)).toEqual(to);
});

test('a run shorter than anything that is shown', () => {
  expect(STEPS['in']?.({ fromMs: 0, toMs: 5 }, 5)).toEqual({ fromMs: 0, toMs: 5 });
});

test('in words', () => {
  expect(viewWords(WHOLE, LENGTH_MS)).toBe('all of 60.00 s');
  expect(viewWords({ fromMs: 6_071, toMs: 12_150 }, LENGTH_MS)).toBe('6.07 s to 12.15 s');
});
