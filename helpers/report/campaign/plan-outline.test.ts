import { expect, test } from 'vitest';
import { cutAt, killAt, moveAt, smallPlan } from '../../campaign/draw/testing.ts';
import { planOutline } from './plan-outline.ts';

test('a plan in lines', () => {
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
  expect(planOutline({ ...plan, topology: { nodes, sentinels: 3 } })).toEqual([
    'seed 1: 20.0 s of chaos, then at most 31.5 s to converge',
    'master',
    '├─ replica-1',
    '│  └─ replica-3',
    '└─ replica-2',
    '3 Sentinels',
    'all nodes: repl-backlog-size 65536, repl-timeout 5, repl-ping-replica-period 1, appendonly yes, appendfsync always',
    'master: save ""',
    '2 writers, 100 writes/s: append 5, register 5, remove 1, expiring 2, count 2, pair 1, other 1',
    '1 reader per node, 50 reads/s',
    '20 keys of each kind and writer, skew 0.5, values up to 4 KB, TTLs up to 1.0 s, 2 databases',
    'f1 at 3.2 s: cut replica-1 → master, until the backlog is overrun, 8.0 s at most',
    'f2 at 4.0 s: kill replica-2 (SIGKILL), for 450 ms',
    'f3 at 5.0 s: move replica-3 to replica-2 (REPLICAOF), to stay',
  ]);
});
