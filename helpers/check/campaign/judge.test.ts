import { describe, expect, test } from 'vitest';
import { type Operation, RARE_STATES, type Trouble } from '../../campaign/record.ts';
import { judge } from './judge.ts';
import {
  event,
  finalOf,
  operation,
  recordOf,
  sample,
  type Told,
  withNode,
} from './testing/records.ts';

const writes = Array.from({ length: 100 }, (_, at) =>
  operation('append', 'list', `w${at}`, [at * 100, at * 100 + 5]),
);
const ids = writes.map(({ value }) => String(value));
const read = operation('read-list', 'list', ['2', 'w1'], [110, 112]);
const final = finalOf(undefined, { lists: { '0/list': ids } });
/** Nothing is wrong with it. */
const good: Told = {
  operations: [...writes, read],
  events: [event(10_000, { what: 'phase', phase: 'healing' })],
  samples: [sample('replica', 10, { offset: 1 }), sample('replica', 20, { offset: 2 })],
  final,
};
const trouble = (verdict: Trouble['verdict']): Trouble => ({
  type: 'trouble',
  atMs: 5,
  verdict,
  text: 'so it is',
});
const { convergedAfterMs: _, ...unconverged } = final;
const late = {
  ...withNode(unconverged, 'replica', { offset: 5 }),
  differences: ['replica is at offset 5'],
};
const lost = withNode(final, 'master', { lists: { '0/list': ids.slice(0, 50) } });

test('a run that shows much and nothing wrong passes', () => {
  const { verdict, findings, rareStates } = judge(recordOf(good));

  expect(findings).toEqual([]);
  expect(verdict).toBe('pass');
  expect(Object.keys(rareStates)).toEqual([...RARE_STATES]);
});

describe('the worst finding decides', () => {
  test.for<{ told: Told; verdict: string; first: string }>([
    {
      told: { ...good, troubles: [trouble('inconclusive')] },
      verdict: 'inconclusive',
      first: 'troubles',
    },
    {
      told: { ...good, final: late, troubles: [trouble('inconclusive')] },
      verdict: 'liveness',
      first: 'convergence',
    },
    {
      told: { ...good, final: lost, troubles: [trouble('liveness')] },
      verdict: 'correctness',
      first: 'convergence',
    },
    {
      told: { ...good, final: lost, troubles: [trouble('environment')] },
      verdict: 'environment',
      first: 'troubles',
    },
    { told: { ...good, troubles: [trouble('misuse')] }, verdict: 'environment', first: 'troubles' },
  ])('$verdict', ({ told, verdict, first }) => {
    const judgement = judge(recordOf(told));

    expect(judgement.verdict).toBe(verdict);
    expect(judgement.findings[0]?.checker).toBe(first);
  });
});

test('a run that died does not pass, and is judged as far as it went', () => {
  expect(judge(recordOf({ ...good, final: null })).verdict).toBe('inconclusive');
  const wrong: Operation = { ...read, value: ['9', 'w1'] };
  expect(judge(recordOf({ ...good, operations: [...writes, wrong], final: null })).verdict).toBe(
    'correctness',
  );
});

test('of many findings of a checker some are told, and how many there are', () => {
  const { findings } = judge(recordOf({ ...good, final: lost }));
  const ofLedger = findings.filter(({ checker }) => checker === 'acknowledged writes');

  expect(ofLedger).toHaveLength(11);
  expect(ofLedger.at(-1)).toEqual({
    checker: 'acknowledged writes',
    verdict: 'correctness',
    text: 'and 40 more of the kind',
  });
});

test('findings of a checker come in the order of time', () => {
  const wrongs = [300, 200].map((at) => operation('read-list', 'list', ['9', 'w1'], [at, at + 1]));
  const { findings } = judge(recordOf({ ...good, operations: [...writes, read, ...wrongs] }));

  expect(findings.map(({ atMs }) => atMs)).toEqual([200, 300]);
});
