import { expect, test } from 'vitest';
import type { Operation } from '../../campaign/record.ts';
import { trafficCharts } from './traffic.ts';

const axis = { readyAtMs: 10_000, lengthMs: 2_000 };

function operation(rest: Partial<Operation> & { readonly atMs: number; readonly tookMs?: number }) {
  const { atMs, tookMs = 1, ...others } = rest;
  const invokedAtMs = axis.readyAtMs + atMs;
  return {
    type: 'operation',
    client: 'writer-1',
    connection: 1,
    node: 'master',
    kind: 'register',
    db: 0,
    key: 'k',
    invokedAtMs,
    completedAtMs: invokedAtMs + tookMs,
    outcome: 'ok',
    ...others,
  } as Operation;
}

function curvesOf(operations: readonly Operation[], lost: readonly Operation[] = []) {
  const charts = trafficCharts(operations, new Set(lost), axis);
  const curves = charts.flatMap((chart) => chart.curves);
  return Object.fromEntries(curves.map(({ name, values }) => [name, values]));
}

test('p50 and p99 of each second, of writes and reads apart; a second without an answer has none', () => {
  const writes = Array.from({ length: 100 }, (_, index) =>
    operation({ atMs: index * 5, tookMs: index + 1 }),
  );
  const read = operation({ atMs: 1_500, tookMs: 7, kind: 'read' });
  expect(curvesOf([...writes, read])).toMatchObject({
    'write p50': [50, null],
    'write p99': [99, null],
    'read p50': [null, 7],
    'read p99': [null, 7],
  });
});

test('what was not answered has no latency and is counted by what became of it', () => {
  const lost = operation({ atMs: 10 });
  const operations = [
    lost,
    operation({ atMs: 20, outcome: 'failed', tookMs: 900 }),
    operation({ atMs: 1_020, outcome: 'unknown', tookMs: 900 }),
    operation({ atMs: 1_030, outcome: 'unknown', tookMs: 900 }),
  ];
  expect(curvesOf(operations, [lost])).toMatchObject({
    'write p99': [1, null],
    'writes acknowledged': [1, 0],
    failed: [1, 0],
    unknown: [0, 2],
    lost: [1, 0],
  });
});

test('in a run of hours a step is longer than a second, and rates are of a second still', () => {
  const long = { readyAtMs: 0, lengthMs: 7_200_000 };
  const operations = [1, 2, 3, 4].map((atMs) => operation({ atMs: atMs - axis.readyAtMs }));
  const [, rates] = trafficCharts(operations, new Set(), long);
  expect(rates?.atMs.slice(0, 3)).toEqual([0, 2_000, 4_000]);
  expect(rates?.curves[0]?.values.slice(0, 2)).toEqual([2, 0]);
});

test('without operations there is nothing to draw', () => {
  expect(trafficCharts([], new Set(), axis)).toEqual([]);
});
