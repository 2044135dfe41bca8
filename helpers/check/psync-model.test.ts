import { describe, expect, test } from 'vitest';
import { decidePsync, type History } from './psync-model.ts';

/** 100 bytes of history, the last 40 of them in the backlog. */
const history: History = {
  replid: 'mine',
  offset: 100,
  backlog: { active: true, firstByteOffset: 61, histlenBytes: 40 },
};
const lacking = { kind: 'full', reason: 'lack-of-backlog' };
const foreign = { kind: 'full', reason: 'replication-id-mismatch' };

function sent(backlogBytes: number) {
  return { kind: 'partial', reason: 'in-backlog', backlogBytes };
}

test('a replica without a history gets everything, wherever it claims to be', () => {
  for (const from of [-1, 70]) {
    expect(decidePsync(history, { replid: '?', from })).toEqual({
      kind: 'full',
      reason: 'no-history',
    });
  }
});

test.for([
  [60, lacking],
  [61, sent(40)],
  [100, sent(1)],
  [101, sent(0)],
  [102, lacking],
] as const)('our own history, from byte %i on', ([from, decision]) => {
  expect(decidePsync(history, { replid: 'mine', from })).toEqual(decision);
});

test('without a backlog nothing can be continued', () => {
  const without = { ...history, backlog: { ...history.backlog, active: false } };
  expect(decidePsync(without, { replid: 'mine', from: 101 })).toEqual(lacking);
});

test('an empty backlog is enough for a replica that lacks nothing', () => {
  const empty = { ...history, backlog: { active: true, firstByteOffset: 101, histlenBytes: 0 } };
  expect(decidePsync(empty, { replid: 'mine', from: 101 })).toEqual(sent(0));
  expect(decidePsync(empty, { replid: 'mine', from: 100 })).toEqual(lacking);
});

describe('the history that ours goes on from', () => {
  const promoted = { ...history, replid2: 'old', secondOffset: 81 };

  test.for([
    [60, lacking],
    [61, sent(40)],
    [81, sent(20)],
    [82, { kind: 'full', reason: 'second-offset-exceeded' }],
  ] as const)('from byte %i on', ([from, decision]) => {
    expect(decidePsync(promoted, { replid: 'old', from })).toEqual(decision);
  });

  test('our own is not bound by it', () => {
    expect(decidePsync(promoted, { replid: 'mine', from: 90 })).toEqual(sent(11));
  });
});

test('any other history is none', () => {
  expect(decidePsync(history, { replid: 'another', from: 101 })).toEqual(foreign);
  expect(decidePsync(history, { replid: 'old', from: 101 })).toEqual(foreign);
});
