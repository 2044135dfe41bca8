import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../observe/log.ts';
import type { ResyncEvent } from '../../observe/resync.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { Memories, modelObjection } from './model-objection.ts';
import type { Seen } from './sampling.ts';
import { snapshot } from './testing.ts';

const AT_MS = 10_000;

const seen = (atMs: number, more: Partial<Snapshot> = {}, boot = 1): Seen => ({
  boot,
  fromMs: atMs,
  toMs: atMs + 5,
  snapshot: snapshot(more),
});
const asked = (from: number): LogLine => ({
  readAtMs: AT_MS - 50,
  boot: 1,
  stamp: '',
  writer: 'replica',
  isDetail: false,
  text: `Trying a partial resynchronization (request aaa:${from}).`,
});
const decided = (more: Partial<ResyncEvent>): ResyncEvent => ({
  kind: 'partial',
  reason: 'in-backlog',
  replicaPort: 1,
  boot: 1,
  readAtMs: AT_MS,
  asked: { from: 901 },
  connections: 1,
  backlogBytes: 100,
  evidence: [],
  ...more,
});
const FULL: ResyncEvent = {
  kind: 'full',
  reason: 'lack-of-backlog',
  replicaPort: 1,
  boot: 1,
  readAtMs: AT_MS,
  asked: { replid: 'aaa', from: 901 },
  connections: 1,
  evidence: [],
};
const AROUND = [seen(8_000), seen(10_200)];

describe('the model objects', () => {
  test('to a full resync where the next byte was in the backlog all the time', () => {
    expect(modelObjection(FULL, AROUND, [asked(901)])).toMatch(/by partial \(in-backlog\)/);
  });

  test('to a number of bytes that did not lie between', () => {
    const tooMany = decided({ backlogBytes: 101 });
    expect(modelObjection(tooMany, AROUND, [asked(901)])).toMatch(/was sent 101/);
  });
});

describe('it does not', () => {
  const agreed = (resync: ResyncEvent, was: readonly Seen[], log = [asked(901)]) =>
    expect(modelObjection(resync, was, log)).toBeUndefined();

  test('where it agrees', () => agreed(decided({}), AROUND));

  test('where the upstream was not seen on both sides, in this run of its process', () => {
    agreed(FULL, AROUND.slice(0, 1));
    agreed(FULL, AROUND.slice(1));
    agreed(FULL, [seen(8_000, {}, 0), seen(10_200)]);
  });

  test('where it was seen too shortly before: a log can be late', () => {
    agreed(FULL, [seen(9_500), seen(10_200)]);
  });

  test('where its history became another between', () => {
    agreed(FULL, [seen(8_000), seen(9_800, { replid: 'bbb' }), seen(10_200)]);
    const none = { active: false, sizeBytes: 500, firstByteOffset: 501, histlenBytes: 500 };
    agreed(FULL, [seen(8_000), seen(9_800, { backlog: none }), seen(10_200)]);
  });

  test('where the backlog was written over between', () => {
    const backlog = { active: true, sizeBytes: 500, firstByteOffset: 1_501, histlenBytes: 500 };
    agreed(decided({ asked: { from: 1_301 }, backlogBytes: 3 }), [
      seen(8_000),
      seen(10_200, { offset: 2_000, backlog }),
    ]);
  });

  test('where the replica’s log does not tell what it asked for', () => agreed(FULL, AROUND, []));
});

test('what was long ago is forgotten', () => {
  const memories = new Memories();
  const node = {};
  const all = [0, 10_000, 25_000].map((atMs) => seen(atMs));
  for (const one of all) memories.add(node, one);
  memories.add(node, all[2] as Seen);
  expect(memories.of(node)).toEqual(all.slice(1));
  expect(memories.of({})).toEqual([]);
});
