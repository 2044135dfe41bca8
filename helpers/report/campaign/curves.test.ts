import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeSample } from '../../campaign/record.ts';
import { axisOf } from './axis.ts';
import { nodeCharts, thinned } from './curves.ts';
import { READY_AT_MS, sampleRun } from './testing/sample-run.ts';

test('of a bucket the lowest and the highest stay, in the order in which they came', () => {
  const points = [5, 9, 1, 4].map((value, index) => ({ atMs: index * 10, value }));
  expect(thinned(points, 40, 1)).toEqual([9, 1]);
  expect(thinned(points, 40, 2)).toEqual([5, 9, 1, 4]);
});

test('a bucket that nobody looked in has the last value, one that was looked in in vain has none', () => {
  const points = [
    { atMs: 0, value: 7 },
    { atMs: 25, value: null },
    { atMs: 45, value: 8 },
  ];
  expect(thinned(points, 50, 5)).toEqual([7, 7, 7, 7, null, null, null, null, 8, 8]);
});

test('no spike is lost, whatever is drawn', () => {
  const points = fc.array(fc.record({ atMs: fc.nat(10_000), value: fc.nat(1_000) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 50 }), (drawn, buckets) => {
      const sorted = drawn.toSorted((a, b) => a.atMs - b.atMs);
      const kept = thinned(sorted, 10_000, buckets).filter((value) => value !== null);
      const values = drawn.map(({ value }) => value);
      expect(Math.max(...kept)).toBe(Math.max(...values));
      expect(Math.min(...kept)).toBe(Math.min(...values));
    }),
  );
});

const axis = { readyAtMs: READY_AT_MS, lengthMs: 1_000 };

function sample(node: string, atMs: number, rest: Partial<NodeSample>): NodeSample {
  return { type: 'sample', node, atMs: READY_AT_MS + atMs, state: 'answers', ...rest };
}

function lagOf(samples: readonly NodeSample[]) {
  const charts = nodeCharts({ ...sampleRun().record, samples }, axis);
  const lag = charts.find(({ title }) => title === 'Lag');
  return Object.fromEntries(lag?.curves.map(({ name, values }) => [name, values]) ?? []);
}

test('lag is what lacks of the furthest that the master of the same history was seen at', () => {
  const lag = lagOf([
    sample('master', 0, { role: 'master', replid: 'a', offset: 500 }),
    sample('replica-1', 1, { role: 'replica', replid: 'a', offset: 420 }),
    // Read a moment later, it has what the master has written since.
    sample('replica-2', 2, { role: 'replica', replid: 'a', offset: 505 }),
  ]);
  expect(lag).toEqual({ 'replica-1': [80, 80], 'replica-2': [0, 0] });
});

test('of a history whose master nobody saw there is no lag to tell', () => {
  const lag = lagOf([
    sample('master', 0, { role: 'master', replid: 'b', offset: 10 }),
    sample('replica-1', 1, { role: 'replica', replid: 'a', offset: 420 }),
  ]);
  expect(lag).toEqual({});
});

test('a node that does not answer breaks its line', () => {
  const samples = [
    sample('master', 100, { role: 'master', offset: 5 }),
    sample('master', 600, { state: 'paused' }),
  ];
  const [offsets] = nodeCharts({ ...sampleRun().record, samples }, axis);
  expect(offsets?.curves).toEqual([{ name: 'master', colour: 0, values: [5, 5, null, null] }]);
});

test('an hour of samples is drawn by no more points than a screen has, and each curve has one for each moment', () => {
  const { record } = sampleRun({
    chaosMs: 3_600_000,
    replicas: 1,
    operationsPerSecond: 2,
    faults: 20,
  });
  const charts = nodeCharts(record, axisOf(record));
  expect(charts.map(({ title }) => title)).toEqual([
    'Replication offset',
    'Lag',
    'Memory',
    'Clients',
    'File descriptors',
  ]);
  for (const { atMs, curves } of charts) {
    expect(atMs).toHaveLength(2_400);
    expect(atMs.at(-1)).toBe(3_603_000);
    for (const { values } of curves) expect(values).toHaveLength(2_400);
  }
});
