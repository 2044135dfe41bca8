import { expect, test } from 'vitest';
import { sampleRun } from './testing/sample-run.ts';
import { countOperations, lostAppends } from './writes.ts';

test('every operation is counted once, by direction, by outcome and by kind', () => {
  const { operations } = sampleRun({ faults: 20 }).record;
  const { writes, reads, byKind } = countOperations(operations);
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  expect(sum(writes) + sum(reads)).toBe(operations.length);
  expect(
    Object.values(byKind)
      .map(sum)
      .reduce((a, b) => a + b),
  ).toBe(operations.length);
  expect(sum(byKind['read'] ?? {})).toBe(sum(reads));
  expect(writes.unknown).toBeGreaterThan(0);
});

test('an acknowledged append that no list of the master has is lost, a failed one is not', () => {
  const { record } = sampleRun({ lost: 3 });
  const appended = record.operations.filter(
    ({ kind, outcome }) => kind === 'append' && outcome === 'ok',
  );
  expect(lostAppends(record)).toEqual(appended.slice(-3));
});

test('nobody knows what is lost where there is no master at the end', () => {
  const { record } = sampleRun({ lost: 3 });
  const { final, ...died } = record;
  expect(lostAppends(died)).toBeUndefined();
  if (final === undefined) throw new Error('the sample has a final state');
  const nodes = final.nodes.map((node) => ({ ...node, up: false }));
  expect(lostAppends({ ...record, final: { ...final, nodes } })).toBeUndefined();
});
