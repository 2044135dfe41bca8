import { expect, test } from 'vitest';
import { cutAt, moveAt, smallPlan } from './testing.ts';
import { canOverlap, coveredMs, latestEndMs } from './times.ts';
import { canBeBelow, isBelow, movesOf, upstreamsAt } from './upstreams.ts';

const plan = smallPlan({
  faults: [
    moveAt(5_000, 'replica-3', 'replica-2'),
    cutAt(1_000, 500),
    moveAt(2_000, 'replica-2', 'replica-1'),
  ],
});

test('moves come in the order of their times', () => {
  expect(movesOf(plan.faults).map(({ id }) => id)).toEqual(['move-2000', 'move-5000']);
});

test.for([
  [1_999, { 'replica-1': 'master', 'replica-2': 'master', 'replica-3': 'replica-1' }],
  [2_000, { 'replica-1': 'master', 'replica-2': 'replica-1', 'replica-3': 'replica-1' }],
  [9_000, { 'replica-1': 'master', 'replica-2': 'replica-1', 'replica-3': 'replica-2' }],
] as const)('upstreams at %i ms', ([atMs, upstreams]) => {
  expect(Object.fromEntries(upstreamsAt(plan, atMs))).toEqual(upstreams);
});

test('who stands below whom', () => {
  const upstreams = upstreamsAt(plan, 0);
  expect(isBelow(upstreams, 'replica-3', 'master')).toBe(true);
  expect(isBelow(upstreams, 'replica-3', 'replica-3')).toBe(true);
  expect(isBelow(upstreams, 'replica-2', 'replica-1')).toBe(false);
  expect(
    isBelow(
      new Map([
        ['a', 'b'],
        ['b', 'a'],
      ]),
      'a',
      'c',
    ),
  ).toBe(false);
});

test('who can come to stand below whom, with any of the moves', () => {
  expect(canBeBelow(plan, 'replica-2', 'replica-1')).toBe(true);
  expect(canBeBelow(plan, 'replica-3', 'replica-2')).toBe(true);
  expect(canBeBelow(plan, 'replica-1', 'replica-2')).toBe(false);
});

test('when faults end at the latest, and overlap', () => {
  expect(latestEndMs(cutAt(1_000, 500))).toBe(1_500);
  expect(latestEndMs(moveAt(1_000, 'replica-3', 'master'))).toBe(1_000);
  const conditional = { after: 'condition', condition: 'noticed', withinMs: 2_000 } as const;
  expect(latestEndMs({ ...cutAt(1_000, 1), end: conditional })).toBe(3_000);
  expect(canOverlap(cutAt(1_000, 500), cutAt(1_500, 1))).toBe(true);
  expect(canOverlap(cutAt(1_501, 1), cutAt(1_000, 500))).toBe(false);
});

test('time that spans cover, once where they overlap', () => {
  expect(coveredMs([])).toBe(0);
  expect(
    coveredMs([
      [5, 8],
      [0, 2],
      [1, 3],
      [6, 7],
    ]),
  ).toBe(6);
});
