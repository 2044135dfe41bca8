import { expect, test } from 'vitest';
import { describeFault, describePlan } from './describe.ts';
import { cutAt, killAt, moveAt, smallPlan } from './testing.ts';

test('a plan in words', () => {
  const plan = smallPlan({
    faults: [
      {
        ...cutAt(3_200, 1),
        id: 'f1',
        end: { after: 'condition', condition: 'backlog-overrun', withinMs: 8_000 },
      },
      { ...killAt(4_000, 450), id: 'f2' },
      { ...moveAt(5_000, 'replica-3', 'replica-2'), id: 'f3' },
    ],
    convergeWithinMs: 31_500,
  });
  const [master, ...replicas] = plan.topology.nodes;
  if (master === undefined) throw new Error('no master');
  const nodes = [{ ...master, config: { ...master.config, save: '' } }, ...replicas];
  expect(describePlan({ ...plan, topology: { nodes, sentinels: 3 } })).toEqual([
    'seed 1: 20 s of chaos, then at most 31.5 s to converge',
    'master',
    '├─ replica-1',
    '│  └─ replica-3',
    '└─ replica-2',
    '3 Sentinels',
    'all nodes: repl-backlog-size 65536, repl-timeout 5, repl-ping-replica-period 1, appendonly yes, appendfsync always',
    'master: save ""',
    '2 writers, 100 writes/s: append 5, register 5, remove 1, expiring 2, count 2, pair 1, other 1',
    '1 reader per node, 50 reads/s',
    '20 keys of each kind and writer, skew 0.5, values up to 4 KB, TTLs up to 1 s, 2 databases',
    'f1 at 3.2 s: cut replica-1 to master, until the backlog is overrun, at most 8 s',
    'f2 at 4 s: kill replica-2, for 450 ms',
    'f3 at 5 s: move replica-3 to replica-2',
  ]);
});

test.for([
  [{ kind: 'reset' }, 'reset'],
  [{ kind: 'half-open', direction: 'downstream' }, 'drop what goes downstream on'],
  [{ kind: 'hold', direction: 'upstream' }, 'hold what goes upstream on'],
  [
    { kind: 'latency', direction: 'upstream', latencyMs: 30, jitterMs: 10 },
    'delay by 30 ms (±10) what goes upstream on',
  ],
  [
    { kind: 'bandwidth', direction: 'downstream', kilobytesPerSecond: 8 },
    'slow down to 8 KB/s what goes downstream on',
  ],
  [
    { kind: 'limit-data', direction: 'downstream', bytes: 99 },
    'close after 99 bytes downstream each connection on',
  ],
  [{ kind: 'slices', direction: 'upstream', bytes: 7 }, 'slice to 7 bytes what goes upstream on'],
] as const)('%j', ([fault, words]) => {
  expect(
    describeFault({ ...cutAt(0, 1_500), on: 'link', from: 'client', to: 'master', fault }),
  ).toBe(`at 0 ms: ${words} client to master, for 1.5 s`);
});
