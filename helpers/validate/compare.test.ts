import { expect, test } from 'vitest';
import { compared, worstFirst } from './compare.ts';
import type { Behaviour, Finding, Severity } from './report.ts';

const row = (after: string, more: Partial<Behaviour> = {}): Behaviour => ({
  id: 'outage-margin',
  what: 'longest outage',
  after,
  ...more,
});
const finding = (id: string, severity: Severity): Finding => ({
  id,
  severity,
  title: `${id}.`,
  measured: [],
  why: 'because',
});
const changes = (before: Behaviour, after: Behaviour) =>
  compared({ behaviours: [after], findings: [] }, { behaviours: [before], findings: [] }).map(
    ({ change }) => change,
  );

test.for([
  [row('10 s'), row('5 s'), 'regression'],
  [row('5 s'), row('1.5 min'), 'improvement'],
  [row('10 s'), row('10.4 s'), 'none'],
  [row('10 s'), row('never'), 'regression'],
  [
    row('12 s', { id: 'full-resync' }),
    row('never ends: a loop', { id: 'full-resync' }),
    'regression',
  ],
  [
    row('never ends: a loop', { id: 'full-resync' }),
    row('12 s', { id: 'full-resync' }),
    'improvement',
  ],
  [
    row('nothing lost', { better: 'less' }),
    row('120 writes lost', { better: 'less' }),
    'regression',
  ],
  [row('a', { value: 5, better: 'less' }), row('b', { value: 3, better: 'less' }), 'improvement'],
  [
    row('partial', { better: ['partial', 'full', 'lost'] }),
    row('full', { better: ['partial', 'full', 'lost'] }),
    'regression',
  ],
  [
    row('lost', { better: ['partial', 'full', 'lost'] }),
    row('partial', { better: ['partial', 'full', 'lost'] }),
    'improvement',
  ],
  [row('10 s', { id: 'full-resync' }), row('12 s', { id: 'full-resync' }), 'none'],
  [row('10 s', { id: 'full-resync' }), row('15 s', { id: 'full-resync' }), 'regression'],
  [row('ever', { id: 'backlog-ttl' }), row('1 h', { id: 'backlog-ttl' }), 'regression'],
  [row('no limit', { id: 'memory' }), row('1 GB', { id: 'memory' }), 'regression'],
  [row('900 KB', { id: 'memory' }), row('1 MB', { id: 'memory' }), 'improvement'],
  [row('ever', { id: 'partition-writes' }), row('12 s', { id: 'partition-writes' }), 'improvement'],
  [row('2 s', { id: 'power-loss' }), row('all', { id: 'power-loss' }), 'regression'],
  [row('3 s', { id: 'failover' }), row('4 s', { id: 'failover' }), 'none'],
  [
    row('0 of 100 keys', { id: 'crash-master' }),
    row('7 of 100 keys', { id: 'crash-master' }),
    'regression',
  ],
  [
    row('a partial resync, 5 of 100 keys lost', { id: 'restart-master' }),
    row('a full resync, 0 of 100 keys lost', { id: 'restart-master' }),
    'improvement',
  ],
  [
    row('a partial resync', { id: 'restart-replica' }),
    row('a full resync', { id: 'restart-replica' }),
    'regression',
  ],
  [row('x', { id: 'other' }), row('y', { id: 'other' }), 'changed'],
  [row('x', { id: 'other' }), row('x', { id: 'other' }), 'none'],
] as const)('from %j to %j: %s', ([before, after, change]) => {
  expect(changes(before, after)).toEqual([change]);
});

test('regressions come first, and findings that came or went are among them', () => {
  const result = compared(
    {
      behaviours: [row('10 s'), row('20 s', { id: 'full-resync' })],
      findings: [finding('a', 'risk'), finding('same', 'note')],
    },
    {
      behaviours: [row('5 s'), row('10 s', { id: 'full-resync' }), row('x', { id: 'gone' })],
      findings: [finding('b', 'broken'), finding('b', 'note'), finding('same', 'note')],
    },
  );
  expect(result.map(({ id, before, after, change }) => [id, before, after, change])).toEqual([
    ['full-resync', '10 s', '20 s', 'regression'],
    ['finding-a', 'not found', 'risk', 'regression'],
    ['outage-margin', '5 s', '10 s', 'improvement'],
    ['finding-b', 'broken', 'not found', 'improvement'],
    ['gone', 'x', 'not measured', 'changed'],
  ]);
});

test('what is no risk on either side did not get worse', () => {
  const [one] = compared(
    { behaviours: [], findings: [finding('a', 'note')] },
    { behaviours: [], findings: [finding('a', 'ok')] },
  );
  expect(one?.change).toBe('changed');
});

test('findings by severity', () => {
  const severities = ['ok', 'broken', 'note', 'risk'] as const;
  expect(worstFirst(severities.map((one) => finding(one, one))).map(({ id }) => id)).toEqual([
    'broken',
    'risk',
    'note',
    'ok',
  ]);
});
