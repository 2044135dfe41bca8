import { expect, test } from 'vitest';
import {
  continuedAs,
  NEW_ID,
  promoted,
  restarted,
  saved,
  served,
  withoutReplicas,
} from './psync-history.ts';
import { decidePsync, type History } from './psync-model.ts';

/** 100 bytes of history, the last 40 of them in the backlog. */
const history: History = {
  replid: 'mine',
  replid2: 'older',
  secondOffset: 31,
  offset: 100,
  backlog: { active: true, firstByteOffset: 61, histlenBytes: 40 },
};
const released: History = {
  replid: NEW_ID,
  offset: 100,
  backlog: { active: false, firstByteOffset: 0, histlenBytes: 0 },
};

/** Who is at this byte of the history asks for the next. */
function fateOf(now: History, offset: number): string {
  return decidePsync(now, { replid: 'mine', from: offset + 1 }).reason;
}

test.for([
  ['master', 1, 1, history],
  ['master', 1, 2, released],
  ['master', 0, 1e9, history],
  ['replica', 1, 1e9, history],
] as const)(
  '%s, repl-backlog-ttl %i, without replicas for %i s',
  ([role, ttlSeconds, goneSeconds, is]) => {
    expect(withoutReplicas(history, role, { ttlSeconds, goneSeconds })).toEqual(is);
  },
);

test('what has no backlog has none to give up, and keeps its ID', () => {
  expect(withoutReplicas(released, 'master', { ttlSeconds: 1, goneSeconds: 9 })).toBe(released);
});

test('a released history is nobody’s any more, be it by its old second ID', () => {
  expect(fateOf(released, 100)).toBe('replication-id-mismatch');
  expect(decidePsync(released, { replid: 'older', from: 30 }).reason).toBe(
    'replication-id-mismatch',
  );
});

test('the first replica begins a backlog, whatever it asked; others find it', () => {
  const first = served(released);
  const backlog = { active: true, firstByteOffset: 101, histlenBytes: 0 };
  expect(first).toEqual({ replid: NEW_ID, offset: 100, backlog });
  expect(served(history)).toBe(history);
});

test('promoted: the old ID is the second one, good for what has been until now', () => {
  const now = promoted(history);
  expect(now).toEqual({ ...history, replid: NEW_ID, replid2: 'mine', secondOffset: 101 });
  expect([99, 100, 101].map((offset) => fateOf(now, offset))).toEqual([
    'in-backlog',
    'in-backlog',
    'second-offset-exceeded',
  ]);
  expect(decidePsync(now, { replid: 'older', from: 30 }).reason).toBe('replication-id-mismatch');
});

test('continued by a master of another ID: the same; of the same ID: nothing changes', () => {
  expect(continuedAs(history, 'its')).toEqual({ ...promoted(history), replid: 'its' });
  expect(continuedAs(history, 'mine')).toBe(history);
});

const rdb = { replid: 'mine', offset: 80 };

test('an RDB has the first ID and the offset; that of a master without a backlog has neither', () => {
  expect(saved(history)).toEqual({ replid: 'mine', offset: 100 });
  expect(saved(released)).toBeUndefined();
});

test('a master restarted from its RDB: those continue that are no further than it, if only by what it has written since', () => {
  const now = restarted(rdb, 'master', { loads: 'rdb', masterKeepsHistory: true });
  const backlog = { active: true, firstByteOffset: 81, histlenBytes: 0 };
  expect(now).toEqual({ replid: NEW_ID, replid2: 'mine', secondOffset: 81, offset: 80, backlog });
  expect([79, 80, 81].map((offset) => fateOf(now, offset))).toEqual([
    'lack-of-backlog',
    'in-backlog',
    'second-offset-exceeded',
  ]);
});

const nothing: History = { ...released, offset: 0 };

test.for([
  ['by a version that does not keep it', 'master', rdb, 'rdb', false],
  ['from an append-only file', 'master', rdb, 'aof', true],
  ['from an append-only file', 'replica', rdb, 'aof', true],
  ['without an RDB', 'master', undefined, 'rdb', true],
  ['without an RDB', 'replica', undefined, 'rdb', true],
] as const)('restarted %s, a %s has no history', ([, role, left, loads, masterKeepsHistory]) => {
  expect(restarted(left, role, { loads, masterKeepsHistory })).toEqual(nothing);
});

test('a replica restarted from its RDB goes on where that was made, in every version', () => {
  const now = restarted(rdb, 'replica', { loads: 'rdb', masterKeepsHistory: false });
  expect(now).toEqual({ ...rdb, backlog: nothing.backlog });
  expect(decidePsync(history, { replid: now.replid, from: now.offset + 1 })).toMatchObject({
    kind: 'partial',
    backlogBytes: 20,
  });
});
