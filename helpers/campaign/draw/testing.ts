import type { Plan, PlannedFault, PlannedNode } from '../plan.ts';
import { leastConvergeMs } from './estimates.ts';

/** A small sane plan for tests: a master, `replica-1` and `replica-2` below it, `replica-3` below `replica-1`. */
export function smallPlan(changes: Partial<Plan> = {}): Plan {
  const config = {
    'repl-backlog-size': '65536',
    'repl-timeout': '5',
    'repl-ping-replica-period': '1',
    appendonly: 'yes',
    appendfsync: 'always',
  };
  const plan: Plan = {
    format: 1,
    seed: 1,
    topology: {
      nodes: [
        { name: 'master', config },
        { name: 'replica-1', replicaOf: 'master', config },
        { name: 'replica-2', replicaOf: 'master', config },
        { name: 'replica-3', replicaOf: 'replica-1', config },
      ],
      sentinels: 0,
    },
    workload: {
      writers: 2,
      readersPerNode: 1,
      writesPerSecond: 100,
      readsPerSecond: 50,
      keys: 20,
      skew: 0.5,
      valueBytesMax: 4_096,
      databases: 2,
      ttlMsMax: 1_000,
      mix: { append: 5, register: 5, remove: 1, expiring: 2, count: 2, pair: 1, other: 1 },
    },
    faults: [],
    chaosMs: 20_000,
    convergeWithinMs: 60_000,
    ...changes,
  };
  return { ...plan, convergeWithinMs: changes.convergeWithinMs ?? leastConvergeMs(plan) };
}

/** The same with every node's directives changed. Undefined takes one away. */
export function withConfig(
  plan: Plan,
  changes: Readonly<Record<string, string | undefined>>,
): Plan {
  const changed = ({ config, ...node }: PlannedNode): PlannedNode => ({
    ...node,
    config: Object.fromEntries(
      Object.entries({ ...config, ...changes }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
  });
  return { ...plan, topology: { ...plan.topology, nodes: plan.topology.nodes.map(changed) } };
}

export function cutAt(
  atMs: number,
  ms: number,
  path = { from: 'replica-1', to: 'master' },
): PlannedFault {
  return {
    id: `cut-${atMs}`,
    atMs,
    on: 'link',
    ...path,
    fault: { kind: 'cut' },
    end: { after: 'time', ms },
  };
}

export function killAt(atMs: number, ms: number, node = 'replica-2'): PlannedFault {
  return {
    id: `kill-${atMs}`,
    atMs,
    on: 'node',
    node,
    fault: { kind: 'kill' },
    end: { after: 'time', ms },
  };
}

export function moveAt(atMs: number, node: string, to: string): PlannedFault {
  return {
    id: `move-${atMs}`,
    atMs,
    on: 'node',
    node,
    fault: { kind: 'move', to },
    end: { after: 'time', ms: 0 },
  };
}
