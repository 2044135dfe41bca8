import { expect, test } from 'vitest';
import { holds, predictedEdge, roundingOf } from './backlog-edge.ts';

test('a ring holds what it was asked for', () => {
  expect(roundingOf([100, 150, 200, 250], 50)).toEqual({ blockBytes: 1, boundary: 0 });
  expect(predictedEdge(1_000, 12_345, { blockBytes: 1, boundary: 0 })).toBe(1_000);
});

test('blocks are found by what was let go at once', () => {
  const firsts = [1, 1, 20_441, 20_441, 20_441, 40_881];
  expect(roundingOf(firsts, 4_000)).toEqual({ blockBytes: 20_440, boundary: 40_881 });
});

test('the nearer the next block is, the less is held beyond the size', () => {
  const rounding = { blockBytes: 1_000, boundary: 5_001 };
  // The next byte is the first of a block: all of that block is held with it.
  expect(predictedEdge(10_000, 5_000, rounding)).toBe(11_000);
  expect(predictedEdge(10_000, 5_999, rounding)).toBe(10_001);
  // Boundaries go on the same before and after the one that was seen.
  expect(predictedEdge(10_000, 2_999, rounding)).toBe(10_001);
  expect(predictedEdge(10_000, 7_000, rounding)).toBe(11_000);
});

test('without a boundary it is half a block, give or take the other half', () => {
  expect(predictedEdge(10_000, 1, { blockBytes: 1_000 })).toBe(10_500);
});

test('a backlog that begins with the next byte still holds it', () => {
  const backlog = { active: true, sizeBytes: 10, histlenBytes: 10, firstByteOffset: 101 };
  expect(holds(backlog, 100)).toBe(true);
  expect(holds(backlog, 99)).toBe(false);
  expect(holds({ ...backlog, active: false }, 100)).toBe(false);
});
