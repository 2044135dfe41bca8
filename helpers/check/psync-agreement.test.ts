import { expect, test } from 'vitest';
import {
  historyObjection,
  type LoggedDecision,
  psyncObjection,
  sidesSeen,
} from './psync-agreement.ts';
import { NEW_ID } from './psync-history.ts';
import type { History } from './psync-model.ts';

/** All of a history of so many bytes, the last 50 of them in the backlog. */
function at(offset: number, ids: Partial<History> = {}): History {
  return {
    replid: 'mine',
    offset,
    backlog: { active: true, firstByteOffset: offset - 49, histlenBytes: 50 },
    ...ids,
  };
}

const lacking = { kind: 'full', reason: 'lack-of-backlog' } as const;
const request = { replid: 'mine', from: 91 };

function sent(backlogBytes: number): LoggedDecision {
  return { kind: 'partial', reason: 'in-backlog', backlogBytes };
}

test.for([
  [10, undefined],
  [9, 'it lacked 10 to 10 bytes from 91 on, and was sent 9'],
  [11, 'it lacked 10 to 10 bytes from 91 on, and was sent 11'],
] as const)('nobody wrote: exactly what was lacking, not %i', ([bytes, objection]) => {
  expect(psyncObjection(sent(bytes), request, { before: at(100), after: at(100) })).toBe(objection);
});

test.for([
  [9, 'it lacked 10 to 30 bytes from 91 on, and was sent 9'],
  [10, undefined],
  [30, undefined],
  [31, 'it lacked 10 to 30 bytes from 91 on, and was sent 31'],
] as const)('somebody wrote meanwhile: %i bytes', ([bytes, objection]) => {
  expect(psyncObjection(sent(bytes), request, { before: at(100), after: at(120) })).toBe(objection);
});

test('another kind than at either time', () => {
  expect(psyncObjection(lacking, request, { before: at(100), after: at(120) })).toBe(
    'a server with mine up to 100, backlog from 51, 50 bytes, later mine up to 120, backlog from 71, 50 bytes answers PSYNC mine 91 by partial (in-backlog) or partial (in-backlog)',
  );
});

test('another reason', () => {
  const mismatch = { kind: 'full', reason: 'replication-id-mismatch' } as const;
  const states = { before: at(200), after: at(200) };
  expect(psyncObjection(lacking, request, states)).toBeUndefined();
  expect(psyncObjection(mismatch, request, states)).toContain('by full (lack-of-backlog)');
});

test('the byte left the backlog meanwhile: either answer', () => {
  const states = { before: at(100), after: at(200) };
  expect(psyncObjection(lacking, request, states)).toBeUndefined();
  expect(psyncObjection(sent(40), request, states)).toBeUndefined();
});

test('the history became another meanwhile: offsets of the two say nothing of bytes', () => {
  const states = { before: at(100), after: at(20, { replid: 'another' }) };
  expect(psyncObjection(sent(10), request, states)).toBeUndefined();
});

test('seen on one side only: the backlog may have moved, the history not', () => {
  const elsewhere = { kind: 'full', reason: 'replication-id-mismatch' } as const;
  for (const side of ['before', 'after']) {
    expect(psyncObjection(lacking, request, { [side]: at(100) })).toBeUndefined();
    expect(psyncObjection(sent(10), request, { [side]: at(100) })).toBeUndefined();
    expect(psyncObjection(elsewhere, request, { [side]: at(100) })).toContain('by partial');
  }
});

test('bytes, seen on one side only', () => {
  expect(psyncObjection(sent(30), request, { before: at(100) })).toBeUndefined();
  expect(psyncObjection(sent(9), request, { before: at(100) })).toContain('10 to any number of');
  expect(psyncObjection(sent(31), request, { after: at(120) })).toContain('0 to 30');
  expect(psyncObjection(sent(31), request, {})).toBeUndefined();
});

test('sides on which a server was seen: who has no history needs none', () => {
  expect(sidesSeen(request, {})).toBe(0);
  expect(sidesSeen(request, { after: at(100) })).toBe(1);
  expect(sidesSeen(request, { before: at(100), after: at(100) })).toBe(2);
  expect(sidesSeen({ replid: '?', from: -1 }, {})).toBe(2);
});

test('a history that is what the model says, by a new ID', () => {
  const predicted = at(100, { replid: NEW_ID, replid2: 'mine', secondOffset: 101 });
  const objectionTo = (seen: Partial<History>, offset = 100): string | undefined =>
    historyObjection(at(offset, { ...predicted, ...seen, offset }), { from: at(100), predicted });
  expect(objectionTo({ replid: 'fresh' })).toBeUndefined();
  expect(objectionTo({ replid: 'mine' }), 'not new').toMatch(
    /^it has mine up to .*expected new up/,
  );
  expect(objectionTo({ replid: 'fresh', secondOffset: 100 })).toContain('mine before 100');
  expect(objectionTo({ replid: 'fresh' }, 101)).toContain('up to 101');
});
