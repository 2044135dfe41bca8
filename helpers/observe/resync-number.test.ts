import { expect, test } from 'vitest';
import type { ResyncEvent } from './resync.ts';
import { resyncNumber } from './resync-number.ts';

function resync(kind: ResyncEvent['kind'], more: Partial<ResyncEvent> = {}): ResyncEvent {
  const told = {
    reason: 'in-backlog',
    replicaPort: 1,
    readAtMs: 0,
    asked: {},
    evidence: [],
  } as const;
  return { kind, boot: 1, connections: 1, ...told, ...more };
}

function numbers(all: readonly ResyncEvent[]): number[][] {
  return all.map((one) => resyncNumber(all, one)).map(({ least, most }) => [least, most]);
}

test('each kind has numbers of its own, anew with each start of the process', () => {
  const all = [
    resync('full'),
    resync('partial'),
    resync('full'),
    resync('partial'),
    resync('full', { boot: 2 }),
  ];
  expect(numbers(all)).toEqual([
    [1, 1],
    [1, 1],
    [2, 2],
    [2, 2],
    [1, 1],
  ]);
});

test('what goes over the main channel beside an RDB is counted as partial, before or after another', () => {
  const beside = resync('full', { mainChannel: { from: 1, backlogBytes: 0 } });
  expect(numbers([resync('partial'), beside, resync('partial'), resync('full')])).toEqual([
    [1, 1],
    [1, 1],
    [2, 3],
    [2, 2],
  ]);
});
