import type { FaultCondition, Plan, PlannedFault, PlannedNode } from '../plan.ts';

const CONDITION: Readonly<Record<FaultCondition, string>> = {
  'backlog-overrun': 'until the backlog is overrun',
  'backlog-half-full': 'until half of the backlog is owed',
  'full-resync-begun': 'until a full resync has begun',
  noticed: 'until the replica has noticed',
};

/** A plan in words: what runs, as a tree; what clients do; a line per fault. */
export function describePlan(plan: Plan): string[] {
  const { seed, chaosMs, convergeWithinMs, topology, workload, faults } = plan;
  const kinds = Object.entries(workload.mix).filter(([, weight]) => weight > 0);
  return [
    `seed ${seed}: ${seconds(chaosMs)} of chaos, then at most ${seconds(convergeWithinMs)} to converge`,
    ...tree(topology.nodes),
    ...(topology.sentinels > 0 ? [`${topology.sentinels} Sentinels`] : []),
    ...configs(topology.nodes),
    `${counted(workload.writers, 'writer')}, ${workload.writesPerSecond} writes/s: ${kinds.map(([kind, weight]) => `${kind} ${weight}`).join(', ')}`,
    `${counted(workload.readersPerNode, 'reader')} per node, ${workload.readsPerSecond} reads/s`,
    `${counted(workload.keys, 'key')} of each kind and writer, skew ${workload.skew}, values up to ${bytes(workload.valueBytesMax)}, TTLs up to ${seconds(workload.ttlMsMax)}, ${counted(workload.databases, 'database')}`,
    ...faults.map((fault) => `${fault.id} ${describeFault(fault)}`),
  ];
}

/** `at 3.2 s: cut replica-1 to master, until the backlog is overrun, at most 8 s`. */
export function describeFault(planned: PlannedFault): string {
  const { atMs, end } = planned;
  const what =
    planned.on === 'link'
      ? `${onLink(planned.fault)} ${planned.from} to ${planned.to}`
      : onNode(planned.fault, planned.node);
  const until =
    planned.fault.kind === 'move'
      ? ''
      : end.after === 'time'
        ? `, for ${seconds(end.ms)}`
        : `, ${CONDITION[end.condition]}, at most ${seconds(end.withinMs)}`;
  return `at ${seconds(atMs)}: ${what}${until}`;
}

function onLink(fault: Extract<PlannedFault, { on: 'link' }>['fault']): string {
  switch (fault.kind) {
    case 'cut':
      return 'cut';
    case 'reset':
      return 'reset';
    case 'half-open':
      return `drop what goes ${fault.direction} on`;
    case 'hold':
      return `hold what goes ${fault.direction} on`;
    case 'latency':
      return `delay by ${fault.latencyMs} ms (±${fault.jitterMs}) what goes ${fault.direction} on`;
    case 'bandwidth':
      return `slow down to ${fault.kilobytesPerSecond} KB/s what goes ${fault.direction} on`;
    case 'limit-data':
      return `close after ${fault.bytes} bytes ${fault.direction} each connection on`;
    case 'slices':
      return `slice to ${fault.bytes} bytes what goes ${fault.direction} on`;
  }
}

function onNode(fault: Extract<PlannedFault, { on: 'node' }>['fault'], node: string): string {
  return fault.kind === 'move' ? `move ${node} to ${fault.to}` : `${fault.kind} ${node}`;
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

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Number((ms / 1_000).toFixed(1))} s`;
}

function bytes(count: number): string {
  if (count < 1_024) return `${count} bytes`;
  const kilobytes = Number((count / 1_024).toFixed(1));
  return kilobytes < 1_024 ? `${kilobytes} KB` : `${Number((count / 1_024 ** 2).toFixed(1))} MB`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
