import { expect, test } from 'vitest';
import type { Plan, PlannedFault } from '../plan.ts';
import { plannedTopology } from './planned-topology.ts';

const END = { after: 'time', ms: 1 } as const;

function planned({ faults = [], ...more }: Partial<Plan> = {}) {
  return plannedTopology({
    format: 1,
    seed: 1,
    topology: {
      nodes: [
        { name: 'master', config: { 'repl-timeout': '5' } },
        { name: 'replica-1', replicaOf: 'master', config: {} },
      ],
      sentinels: 0,
    },
    workload: {} as Plan['workload'],
    chaosMs: 1,
    convergeWithinMs: 1,
    ...more,
    faults,
  });
}

const kill = (node: string, id = 'f1'): PlannedFault => ({
  id,
  atMs: 0,
  end: END,
  on: 'node',
  node,
  fault: { kind: 'kill' },
});

test('a plan’s nodes and Sentinels become those of a deployment', () => {
  expect(planned().sentinels).toBeUndefined();
  const topology = {
    nodes: [{ name: 'master', config: {} }],
    sentinels: 3,
  };
  expect(planned({ topology, faults: [kill('sentinel-3')] }).sentinels?.names).toHaveLength(3);
});

test('a plan that cannot be run is refused', () => {
  expect(() => planned({ format: 2 as 1 })).toThrow('the plan has format 2, expected 1');
  expect(() => planned({ faults: [kill('nobody')] })).toThrow(
    'fault f1 is about nobody; there are master, replica-1',
  );
  expect(() => planned({ faults: [kill('master'), kill('master')] })).toThrow(
    'two faults have the id f1',
  );
  const moved: PlannedFault = {
    ...kill('replica-1'),
    on: 'node',
    node: 'replica-1',
    fault: { kind: 'move', to: 'nowhere' },
  };
  expect(() => planned({ faults: [moved] })).toThrow('is about nowhere');
  const late: PlannedFault = {
    id: 'f1',
    atMs: 0,
    end: END,
    on: 'link',
    from: 'client',
    to: 'master',
    fault: { kind: 'latency', direction: 'upstream', latencyMs: 5, jitterMs: 9 },
  };
  expect(() => planned({ faults: [late] })).toThrow(/latency: 5 ms with jitter 9 ms/);
});
