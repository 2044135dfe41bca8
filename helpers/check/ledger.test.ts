import { describe, expect, test } from 'vitest';
import { judgeLedger, type LedgerWrite, type LossWindow } from './ledger.ts';

/** A write of the master's that took from the one instant to the other. */
function write(
  id: string,
  [invokedAtMs, completedAtMs]: readonly [number, number],
  more: Partial<LedgerWrite> = {},
): LedgerWrite {
  return { id, node: 'master', invokedAtMs, completedAtMs, outcome: 'ok', ...more };
}

const unheardOf: LedgerWrite = { id: 'x', node: 'master', invokedAtMs: 5, outcome: 'unknown' };
const refused = { outcome: 'failed', error: 'NOREPLICAS' } as const;
const [a, b, c] = [write('a', [10, 20]), write('b', [30, 40]), write('c', [50, 60])];
const at = (ms: number): string => new Date(ms).toISOString();

/** The master was cut off from 30 ms to 60 ms. */
const partition: LossWindow = { node: 'master', fromMs: 30, untilMs: 60, cause: 'the partition' };

interface History {
  readonly what: string;
  readonly writes: readonly LedgerWrite[];
  readonly left: readonly string[];
  readonly windows?: readonly LossWindow[];
}

describe('every promise was kept', () => {
  test.for<History>([
    { what: 'nothing happened', writes: [], left: [] },
    { what: 'all that was acknowledged is there', writes: [a, b, c], left: ['a', 'b', 'c'] },
    { what: 'a refused write is not there', writes: [a, write('r', [1, 2], refused)], left: ['a'] },
    { what: 'an unknown write has happened', writes: [unheardOf, a], left: ['a', 'x'] },
    { what: 'an unknown write has not happened', writes: [unheardOf, a], left: ['a'] },
    {
      what: 'writes under way at the same time stand in any order',
      writes: [write('d', [10, 40]), write('e', [20, 30])],
      left: ['e', 'd'],
    },
    {
      what: 'the end of the list is lost where that is allowed',
      writes: [a, b, c],
      left: ['a'],
      windows: [partition],
    },
    {
      what: 'a write that was under way when the window began is lost',
      writes: [write('d', [20, 31])],
      left: [],
      windows: [partition],
    },
    {
      what: 'a write that was under way when the window ended is lost',
      writes: [write('d', [59, 90])],
      left: [],
      windows: [partition],
    },
    {
      what: 'a write that too few replicas confirmed is lost',
      writes: [write('d', [40, 50], { confirmedBy: 1 })],
      left: [],
      windows: [{ ...partition, keepsConfirmedBy: 2 }],
    },
    {
      what: 'the same node is master again, and keeps what it is told then',
      writes: [a, b, write('d', [90, 100])],
      left: ['a', 'd'],
      windows: [partition],
    },
    {
      what: 'the heir keeps what it is told in the partition',
      writes: [a, b, write('d', [45, 46], { node: 'heir' })],
      left: ['a', 'd'],
      windows: [partition],
    },
  ])('$what', ({ writes, left, windows }) => {
    expect(judgeLedger(writes, left, windows).objections).toEqual([]);
  });
});

describe('a promise was broken', () => {
  test.for<History & { readonly objections: readonly string[] }>([
    {
      what: 'a loss that nothing allows',
      writes: [a, b],
      left: ['a'],
      objections: [`b on master at ${at(30)} is lost: no loss was allowed then`],
    },
    {
      what: 'a loss before and one after the window',
      writes: [a, b, write('d', [75, 80])],
      left: ['b'],
      windows: [partition],
      objections: [
        `a on master at ${at(10)} is lost: no loss was allowed then; the partition allowed it from 10 ms later on`,
        `d on master at ${at(75)} is lost: no loss was allowed then; the partition allowed it until 15 ms before`,
      ],
    },
    {
      what: 'a loss in a window of another node',
      writes: [b],
      left: [],
      windows: [{ ...partition, node: 'heir' }],
      objections: [`b on master at ${at(30)} is lost: no loss was allowed then`],
    },
    {
      what: 'a loss of what enough replicas have confirmed',
      writes: [write('d', [42, 50], { confirmedBy: 2 })],
      left: [],
      windows: [{ ...partition, keepsConfirmedBy: 2 }],
      objections: [
        `d on master at ${at(42)} is lost: acknowledged 12 ms into the partition, confirmed by 2 of 2`,
      ],
    },
    {
      what: 'a hole: a later write to the same master is there',
      writes: [a, b, c],
      left: ['a', 'c'],
      windows: [partition],
      objections: [
        `b on master at ${at(30)} is lost, and the later c on master at ${at(50)} is not`,
      ],
    },
    {
      what: 'a refused write is there',
      writes: [write('r', [10, 20], refused)],
      left: ['r'],
      objections: [`r on master at ${at(10)} is there, and was refused: NOREPLICAS`],
    },
    {
      what: 'a write is there twice',
      writes: [a],
      left: ['a', 'a'],
      objections: [`a on master at ${at(10)} is there twice`],
    },
    {
      what: 'an unknown write is there twice',
      writes: [unheardOf],
      left: ['x', 'x'],
      objections: [`x on master at ${at(5)} is there twice`],
    },
    {
      what: 'something is there that nobody wrote',
      writes: [a],
      left: ['a', 'z\n'],
      objections: ['"z\\x0a" is there, and nobody wrote it'],
    },
    {
      what: 'a write stands after one that was begun when it was done',
      writes: [a, b],
      left: ['b', 'a'],
      objections: [
        `a on master at ${at(10)} stands after b on master at ${at(30)}, and was done before it`,
      ],
    },
    {
      what: 'it does so with another in between',
      writes: [a, c, write('d', [15, 55])],
      left: ['c', 'd', 'a'],
      objections: [
        `a on master at ${at(10)} stands after c on master at ${at(50)}, and was done before it`,
      ],
    },
  ])('$what', ({ writes, left, windows, objections }) => {
    expect(judgeLedger(writes, left, windows).objections).toEqual(objections);
  });
});

test('what is lost is told with its node, its time and the reason, and measured', () => {
  const writes = [
    write('late', [50, 58], { confirmedBy: 0 }),
    write('early', [33, 36]),
    write('r', [35, 40], refused),
    a,
    unheardOf,
  ];
  const judgement = judgeLedger(writes, ['x', 'a'], [partition]);

  expect(judgement.outcomes).toEqual({ ok: 3, failed: 1, unknown: 1 });
  expect(judgement.unknownKept).toBe(1);
  expect(judgement.lost).toEqual([
    { write: writes[1], reason: 'acknowledged 3 ms into the partition' },
    { write: writes[0], reason: 'acknowledged 20 ms into the partition, confirmed by 0' },
  ]);
  expect(judgement.lostForMs).toBe(25);
  expect(judgement.objections).toEqual([]);
  expect(judgeLedger([a], ['a']).lostForMs).toBe(0);
});
