import { expect, test } from 'vitest';
import type { Snapshot } from '../observe/snapshot.ts';
import { Memory } from './memory.ts';

/** What a node says at this offset, when it has served so many resyncs. */
function said(offset: number, full: number, partialOk = 0): Snapshot {
  return { offset, counters: { full, partialOk, partialErr: 0 } } as Snapshot;
}

function offsetsAround(memory: Memory, number: number, most = number) {
  const { before, after } = memory.around('a', 1, 'partial', { least: number, most });
  return [before?.offset, after?.offset];
}

test('the last before a resync and the first after it, by what the node had counted', () => {
  const memory = new Memory();
  for (const one of [10, 20, 30]) memory.saw('a', 1, said(one, 1, 0));
  for (const one of [40, 50, 60]) memory.saw('a', 1, said(one, 1, 1));
  memory.saw('a', 1, said(70, 2, 1));
  memory.saw('a', 1, said(80, 2, 2));
  expect(offsetsAround(memory, 1)).toEqual([30, 40]);
  expect(offsetsAround(memory, 2)).toEqual([70, 80]);
  expect(offsetsAround(memory, 3)).toEqual([80, undefined]);
});

test('between the least and the most that its number can be, nothing is sure', () => {
  const memory = new Memory();
  for (const count of [0, 1, 2]) memory.saw('a', 1, said(10 * count, 1, count));
  expect(offsetsAround(memory, 1, 2)).toEqual([0, 20]);
});

test('of another node, or another start of its process, nothing is known', () => {
  const memory = new Memory();
  memory.saw('b', 1, said(10, 0));
  memory.saw('a', 2, said(20, 0));
  expect(offsetsAround(memory, 1)).toEqual([undefined, undefined]);
});
