import type {
  FaultCondition,
  FaultEnd,
  LinkFaultSpec,
  Plan,
  PlannedFault,
  PlannedNode,
  PlannedWorkload,
} from '../../campaign/plan.ts';
import { bytes, count, counted, duration } from './units.ts';

/** A plan as sentences, but for its faults: what runs, what clients do, and how long. */
export function planWords({ topology, workload, chaosMs, convergeWithinMs }: Plan): string[] {
  const sentinels =
    topology.sentinels === 0
      ? []
      : [
          `${counted(topology.sentinels, 'Sentinel')} watch the master; clients ask them where to write.`,
        ];
  return [
    ...topology.nodes.map(nodeWords),
    ...sentinels,
    ...workloadWords(workload),
    `Faults come for ${duration(chaosMs)}. Then all is healed, and everything must have converged within ${duration(convergeWithinMs)}.`,
  ];
}

function nodeWords({ name, replicaOf, config }: PlannedNode): string {
  const directives = Object.entries(config).map(([directive, value]) => `${directive} ${value}`);
  return [
    replicaOf === undefined ? `${name} is the master` : `${name} replicates ${replicaOf}`,
    ...(directives.length > 0 ? [`, with ${directives.join(', ')}`] : []),
    '.',
  ].join('');
}

function workloadWords(workload: PlannedWorkload): string[] {
  const { writers, readersPerNode, writesPerSecond, readsPerSecond, keys, databases } = workload;
  const total = Object.values(workload.mix).reduce((sum, weight) => sum + weight, 0);
  const mix = Object.entries(workload.mix)
    .filter(([, weight]) => weight > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, weight]) => `${Math.round((weight / total) * 100)}% ${kind}`);
  return [
    `Writers: ${counted(writers, 'client')}, ${count(writesPerSecond)} writes a second in all: ${mix.join(', ')}.`,
    `Readers: ${counted(readersPerNode, 'client')} for each node, ${count(readsPerSecond)} reads a second in all.`,
    `Each writer has ${counted(keys, 'key')} of each kind in ${counted(databases, 'database')}, values of up to ${bytes(workload.valueBytesMax)}, times to live of up to ${duration(workload.ttlMsMax)}${workload.skew > 0 ? `; some keys are met more often (Zipf ${workload.skew})` : ''}.`,
  ];
}

/** Where a fault bites: `replica-1 → master`, or the node. */
export function subjectOf(fault: PlannedFault): string {
  return fault.on === 'link' ? linkName(fault.from, fault.to) : fault.node;
}

export function linkName(from: string, to: string): string {
  return `${from} → ${to}`;
}

/** A fault in a few words, as a bar of a lane has room for: `latency 200 ms`. */
export function faultLabel(fault: PlannedFault): string {
  if (fault.on === 'link') return linkFaultLabel(fault.fault);
  const { fault: done } = fault;
  switch (done.kind) {
    case 'move':
      return `move to ${done.to}`;
    case 'pause':
    case 'kill':
    case 'stop':
      return done.kind;
  }
}

function linkFaultLabel(fault: LinkFaultSpec): string {
  switch (fault.kind) {
    case 'cut':
    case 'reset':
      return fault.kind;
    case 'half-open':
    case 'hold':
      return `${fault.kind} ${arrow(fault.direction)}`;
    case 'latency': {
      const jitter = fault.jitterMs > 0 ? ` ± ${duration(fault.jitterMs)}` : '';
      return `latency ${duration(fault.latencyMs)}${jitter} ${arrow(fault.direction)}`;
    }
    case 'bandwidth':
      return `${count(fault.kilobytesPerSecond)} KB/s ${arrow(fault.direction)}`;
    case 'limit-data':
      return `close after ${bytes(fault.bytes)} ${arrow(fault.direction)}`;
    case 'slices':
      return `slices of ${bytes(fault.bytes)} ${arrow(fault.direction)}`;
  }
}

function arrow(direction: string): string {
  return direction === 'upstream' ? '↑' : '↓';
}

/** What a fault does and until when, as a sentence without its time: `cut replica-1 → master, for 4.0 s`. */
export function faultWords(fault: PlannedFault): string {
  return `${doing(fault)}, ${endWords(fault)}`;
}

function doing(fault: PlannedFault): string {
  if (fault.on === 'link')
    return `${linkFaultWords(fault.fault)} ${linkName(fault.from, fault.to)}`;
  const { node, fault: done } = fault;
  switch (done.kind) {
    case 'pause':
      return `pause ${node} (SIGSTOP)`;
    case 'kill':
      return `kill ${node} (SIGKILL)`;
    case 'stop':
      return `stop ${node} (SHUTDOWN)`;
    case 'move':
      return `move ${node} to ${done.to} (REPLICAOF)`;
  }
}

function linkFaultWords(fault: LinkFaultSpec): string {
  switch (fault.kind) {
    case 'cut':
      return 'cut';
    case 'reset':
      return 'reset connections of';
    case 'half-open':
      return `drop all bytes ${fault.direction} on`;
    case 'hold':
      return `hold all bytes ${fault.direction} on`;
    case 'latency': {
      const jitter = fault.jitterMs > 0 ? ` (± ${duration(fault.jitterMs)})` : '';
      return `delay bytes ${fault.direction} by ${duration(fault.latencyMs)}${jitter} on`;
    }
    case 'bandwidth':
      return `let ${count(fault.kilobytesPerSecond)} KB/s ${fault.direction} through on`;
    case 'limit-data':
      return `close each connection after ${bytes(fault.bytes)} ${fault.direction} on`;
    case 'slices':
      return `slice what goes ${fault.direction} into ${bytes(fault.bytes)} each on`;
  }
}

const CONDITIONS: Readonly<Record<FaultCondition, string>> = {
  'backlog-overrun': 'the backlog is overrun',
  'backlog-half-full': 'half of the backlog is owed',
  'full-resync-begun': 'a full resync has begun',
  noticed: 'the replica has noticed',
};

function endWords(fault: PlannedFault): string {
  if (fault.on === 'node' && fault.fault.kind === 'move') return 'to stay';
  const end: FaultEnd = fault.end;
  return end.after === 'time'
    ? `for ${duration(end.ms)}`
    : `until ${CONDITIONS[end.condition]}, ${duration(end.withinMs)} at most`;
}
