import { expect, test } from 'vitest';
import { spread } from './spread.ts';

test('nine of ten are no greater than the p90, and one may be', () => {
  const twenty = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect(spread(twenty)).toEqual({ min: 1, median: 11, p90: 18, max: 20 });
  expect(spread(twenty.slice(0, 10))).toEqual({ min: 11, median: 16, p90: 19, max: 20 });
});

test('one is all of them, and none is none', () => {
  expect(spread([7])).toEqual({ min: 7, median: 7, p90: 7, max: 7 });
  expect(spread([])).toEqual({ min: NaN, median: NaN, p90: NaN, max: NaN });
});
