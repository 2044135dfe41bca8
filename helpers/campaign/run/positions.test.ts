import { expect, test } from 'vitest';
import { apartInWords, type Position, rootOf } from './positions.ts';

const MASTER: Position = { node: 'master', role: 'master', replid: 'aaa', offset: 9 };
const ONE: Position = {
  node: 'replica-1',
  role: 'replica',
  replid: 'aaa',
  offset: 9,
  link: 'up',
  upstream: 'master',
};
const TWO: Position = { ...ONE, node: 'replica-2', upstream: 'replica-1' };

const apart = (...all: readonly (Position | [silent: string])[]) =>
  apartInWords(
    new Map(all.map((one) => (Array.isArray(one) ? [one[0], undefined] : [one.node, one]))),
  );

test('one tree at one position has converged', () => {
  expect(apart(MASTER, ONE, TWO)).toEqual([]);
});

test('each way of being apart is told', () => {
  expect(apart(MASTER, ['replica-1'], TWO)).toEqual(['replica-1 does not answer']);
  expect(apart(MASTER, { ...ONE, link: 'down' })).toEqual([
    'replica-1: its link to master is down',
  ]);
  expect(apart(MASTER, { ...ONE, replid: 'bbb' })).toEqual([
    'replica-1 has replication ID bbb, master has aaa',
  ]);
  expect(apart(MASTER, { ...ONE, offset: 8 })).toEqual(['replica-1 is at offset 8, master at 9']);
  const { upstream: _, ...astray } = ONE;
  expect(apart(MASTER, astray)).toEqual(['replica-1 follows none of the nodes']);
});

test('there is one master, or no convergence', () => {
  expect(apart(MASTER, { ...MASTER, node: 'replica-1' })).toEqual([
    'masters are master, replica-1, expected one',
  ]);
  expect(apart(['master'], ONE)).toEqual([
    'master does not answer',
    'masters are none, expected one',
  ]);
  expect(rootOf(new Map([['master', MASTER]]))).toBe(MASTER);
});
