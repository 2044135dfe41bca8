import { describe, expect, test } from 'vitest';
import { holds } from './conditions.ts';
import { replicaAt, snapshot } from './testing.ts';

describe('a backlog is overrun', () => {
  const overrun = (offset: number, upstream = snapshot()) =>
    holds('backlog-overrun', [{ replica: replicaAt(offset), upstream }], []);

  test('when the next byte that the replica needs is not in it any more', () => {
    expect(overrun(500)).toBe(false);
    expect(overrun(499)).toBe(true);
  });

  test('not when the two have different histories', () => {
    expect(overrun(1, snapshot({ replid: 'bbb' }))).toBe(false);
  });

  test('also by an upstream that was promoted over the replica’s history', () => {
    expect(overrun(499, snapshot({ replid: 'bbb', replid2: 'aaa' }))).toBe(true);
  });

  test('not when there is none', () => {
    const none = { active: false, sizeBytes: 500, firstByteOffset: 501, histlenBytes: 0 };
    expect(overrun(1, snapshot({ backlog: none }))).toBe(false);
  });
});

test('it is half full for a replica that lacks half of its size', () => {
  const halfFull = (offset: number) =>
    holds('backlog-half-full', [{ replica: replicaAt(offset), upstream: snapshot() }], []);
  expect(halfFull(751)).toBe(false);
  expect(halfFull(750)).toBe(true);
});

test('a full resync has begun when any node loads, receives or sends', () => {
  const begun = (...all: Parameters<typeof holds>[2]) => holds('full-resync-begun', [], all);
  const attached = { ip: 'h', port: 1, offset: 0, lagSeconds: 0 };
  expect(begun(snapshot(), replicaAt(1_000))).toBe(false);
  expect(begun(snapshot({ replicas: [{ ...attached, state: 'online' }] }))).toBe(false);
  expect(begun(snapshot({ replicas: [{ ...attached, state: 'wait_bgsave' }] }))).toBe(true);
  expect(begun(snapshot(), replicaAt(1_000, { syncInProgress: true }))).toBe(true);
  expect(begun(snapshot({ loading: true }))).toBe(true);
});

test('a fault is noticed when the replica says that its link is down', () => {
  const noticed = (link: 'up' | 'down') =>
    holds('noticed', [{ replica: replicaAt(1_000, { link }), upstream: snapshot() }], []);
  expect(noticed('up')).toBe(false);
  expect(noticed('down')).toBe(true);
});
