import type { Plan, PlannedNode } from '../../campaign/plan.ts';
import { faultWords } from './plan-words.ts';
import { bytes, counted, duration } from './units.ts';

/** A plan in lines for a terminal: what runs, as a tree; what clients do; a line per fault. */
export function planOutline(plan: Plan): string[] {
  const { seed, chaosMs, convergeWithinMs, topology, workload, faults } = plan;
  const kinds = Object.entries(workload.mix).filter(([, weight]) => weight > 0);
  return [
    `seed ${seed}: ${duration(chaosMs)} of chaos, then at most ${duration(convergeWithinMs)} to converge`,
    ...tree(topology.nodes),
    ...(topology.sentinels > 0 ? [`${topology.sentinels} Sentinels`] : []),
    ...configs(topology.nodes),
    `${counted(workload.writers, 'writer')}, ${workload.writesPerSecond} writes/s: ${kinds.map(([kind, weight]) => `${kind} ${weight}`).join(', ')}`,
    `${counted(workload.readersPerNode, 'reader')} per node, ${workload.readsPerSecond} reads/s`,
    `${counted(workload.keys, 'key')} of each kind and writer, skew ${workload.skew}, values up to ${bytes(workload.valueBytesMax)}, TTLs up to ${duration(workload.ttlMsMax)}, ${counted(workload.databases, 'database')}`,
    ...faults.map((fault) => `${fault.id} at ${duration(fault.atMs)}: ${faultWords(fault)}`),
  ];
}

function tree(nodes: readonly PlannedNode[]): string[] {
  const below = (name: string, indent: string): string[] => {
    const replicas = nodes.filter(({ replicaOf }) => replicaOf === name);
    return replicas.flatMap((replica, at) => {
      const isLast = at === replicas.length - 1;
      return [
        `${indent}${isLast ? '└─' : '├─'} ${replica.name}`,
        ...below(replica.name, `${indent}${isLast ? '   ' : '│  '}`),
      ];
    });
  };
  const [master] = nodes;
  return master === undefined ? [] : [master.name, ...below(master.name, '')];
}

/** Directives that all nodes have alike, then those of each. */
function configs(nodes: readonly PlannedNode[]): string[] {
  const [first, ...others] = nodes;
  const common = Object.entries(first?.config ?? {}).filter(([directive, value]) =>
    others.every(({ config }) => config[directive] === value),
  );
  const commonNames = new Set(common.map(([directive]) => directive));
  const own = nodes.map(({ name, config }) => {
    const entries = Object.entries(config).filter(([directive]) => !commonNames.has(directive));
    return [name, entries] as const;
  });
  return [['all nodes', common] as const, ...own]
    .filter(([, entries]) => entries.length > 0)
    .map(
      ([of, entries]) =>
        `${of}: ${entries.map(([name, value]) => `${name} ${value || '""'}`).join(', ')}`,
    );
}
