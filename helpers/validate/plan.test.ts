import { expect, test } from 'vitest';
import { planned } from './plan.ts';
import type { Measurement, Subject } from './subject.ts';
import { ASSUMPTIONS } from './validate.ts';

const measurement = (id: string, takesMs: number): Measurement => ({
  id,
  what: `what ${id} is about`,
  estimateMs: () => takesMs,
  run: async () => ({ findings: [], behaviours: [] }),
});
const subject = {} as Subject;
const ALL = [measurement('a', 20_000), measurement('b', 60_000), measurement('c', 10_000)];

test('without a budget everything is measured', () => {
  const { measurements, leftOut, estimateMs } = planned(ALL, [subject], ASSUMPTIONS);
  expect(measurements).toEqual(ALL);
  expect(leftOut).toEqual([]);
  expect(estimateMs).toBe(98_000);
});

test('what does not fit is left out and told; what comes after may fit', () => {
  const { measurements, leftOut } = planned(ALL, [subject], ASSUMPTIONS, 60_000);
  expect(measurements.map(({ id }) => id)).toEqual(['a', 'c']);
  expect(leftOut).toEqual([
    {
      what: 'what b is about',
      reason: 'it takes about 60 s, and of --budget 60 s there are 32 s left',
    },
  ]);
});

test('a baseline takes as long again', () => {
  const { measurements, estimateMs } = planned(ALL, [subject, subject], ASSUMPTIONS, 60_000);
  expect(measurements.map(({ id }) => id)).toEqual(['a']);
  expect(estimateMs).toBe(56_000);
});

test('what takes no time is never left out', () => {
  const idle = measurement('idle', 0);
  const { measurements, leftOut } = planned([idle], [subject], ASSUMPTIONS, 1);
  expect(measurements).toEqual([idle]);
  expect(leftOut).toEqual([]);
});
