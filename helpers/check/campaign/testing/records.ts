import type { Plan, PlannedFault, PlannedNode } from '../../../campaign/plan.ts';
import type {
  FinalNode,
  FinalState,
  NodeSample,
  Operation,
  RecordedResync,
  RunEvent,
  RunRecord,
} from '../../../campaign/record.ts';

/** All instants of these records are milliseconds since the deployment was ready. */
const READY_MS = 0;

export interface Told extends Partial<Omit<RunRecord, 'head' | 'final'>> {
  /** Default: a master and a replica, without directives. */
  readonly nodes?: readonly PlannedNode[];
  readonly sentinels?: number;
  readonly faults?: readonly PlannedFault[];
  readonly workload?: Partial<Plan['workload']>;
  readonly servers?: Readonly<Record<string, string>>;
  /** Null: the run did not get there. Default: all converged, and hold nothing. */
  readonly final?: FinalState | null;
}

const NODES: readonly PlannedNode[] = [
  { name: 'master', config: {} },
  { name: 'replica', replicaOf: 'master', config: {} },
];

/** A record of a run of 10 s. What is not told did not happen. */
export function recordOf(told: Told): RunRecord {
  const { nodes = NODES, sentinels = 0, faults = [], final = finalOf(nodes) } = told;
  return {
    head: {
      format: 1,
      readyAtMs: READY_MS,
      target: { name: 'redis:7.0@processes', description: 'redis 7.0.15' },
      servers: told.servers ?? Object.fromEntries(nodes.map(({ name }) => [name, 'redis 7.0.15'])),
      plan: {
        format: 1,
        seed: 1,
        topology: { nodes, sentinels },
        workload: { ...WORKLOAD, ...told.workload },
        faults,
        chaosMs: 10_000,
        convergeWithinMs: 5_000,
      },
    },
    operations: told.operations ?? [],
    samples: told.samples ?? [],
    events: told.events ?? [],
    resyncs: told.resyncs ?? [],
    logs: told.logs ?? [],
    troubles: told.troubles ?? [],
    ...(final !== null && { final }),
  };
}

const WORKLOAD: Plan['workload'] = {
  writers: 1,
  readersPerNode: 1,
  writesPerSecond: 10,
  readsPerSecond: 10,
  keys: 4,
  skew: 0,
  valueBytesMax: 100,
  databases: 1,
  ttlMsMax: 1_000,
  mix: { append: 1, register: 1, remove: 1, expiring: 1, count: 1, pair: 1, other: 1 },
};

/** All nodes in one state, the first the master, each with the same data. */
export function finalOf(
  nodes: readonly Pick<PlannedNode, 'name'>[] = NODES,
  data: Partial<Pick<FinalNode, 'lists' | 'registers' | 'counters'>> = {},
  more: Partial<FinalState> = {},
): FinalState {
  return {
    type: 'final',
    atMs: 20_000,
    convergedAfterMs: 100,
    differences: [],
    nodes: nodes.map(({ name }, at) => ({
      name,
      up: true,
      role: at === 0 ? 'master' : 'replica',
      replid: 'a'.repeat(40),
      offset: 1_000,
      lists: {},
      registers: {},
      counters: {},
      ...data,
    })),
    ...more,
  };
}

/** The same final state, with one node different. */
export function withNode(final: FinalState, name: string, change: Partial<FinalNode>): FinalState {
  return {
    ...final,
    nodes: final.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
  };
}

type Span = readonly [invokedAtMs: number, completedAtMs: number];

/** What one client asked of the master, and heard. */
export function operation(
  kind: Operation['kind'],
  key: string,
  value: Operation['value'],
  [invokedAtMs, completedAtMs]: Span,
  more: Partial<Operation> = {},
): Operation {
  return {
    type: 'operation',
    client: kind.startsWith('read') ? 'reader' : 'writer-1',
    connection: 1,
    node: 'master',
    kind,
    db: 0,
    key,
    ...(value !== undefined && { value }),
    invokedAtMs,
    completedAtMs,
    outcome: 'ok',
    ...more,
  };
}

export const unknown = { outcome: 'unknown', error: 'Command timed out' } as const;
export const refused = { outcome: 'failed', error: 'READONLY' } as const;
export const onReplica = { node: 'replica', client: 'reader-replica-1' } as const;

export function sample(node: string, atMs: number, more: Partial<NodeSample> = {}): NodeSample {
  return { type: 'sample', node, atMs, state: 'answers', ...more };
}

type Happened = RunEvent extends infer One
  ? One extends RunEvent
    ? Omit<One, 'type' | 'atMs'>
    : never
  : never;

export function event(atMs: number, happened: Happened): RunEvent {
  return { type: 'event', atMs, ...happened } as RunEvent;
}

export function resync(
  kind: RecordedResync['kind'],
  atMs: number,
  more: Partial<RecordedResync> = {},
): RecordedResync {
  return {
    type: 'resync',
    atMs,
    upstream: 'master',
    replica: 'replica',
    kind,
    reason: kind === 'full' ? 'lack-of-backlog' : 'in-backlog',
    ...more,
  };
}

const FOR_A_SECOND = { after: 'time', ms: 1_000 } as const;

export function nodeFault(
  id: string,
  node: string,
  kind: 'pause' | 'kill' | 'stop',
  atMs: number,
): Extract<PlannedFault, { on: 'node' }> {
  return { id, on: 'node', node, fault: { kind }, atMs, end: FOR_A_SECOND };
}

export function cutOf(
  id: string,
  from: string,
  to: string,
  atMs: number,
): Extract<PlannedFault, { on: 'link' }> {
  return { id, on: 'link', from, to, fault: { kind: 'cut' }, atMs, end: FOR_A_SECOND };
}

/** It is in force for a second from when it was planned. */
export function inForce({ id, atMs }: PlannedFault): readonly RunEvent[] {
  return [
    event(atMs, { what: 'fault', fault: id }),
    event(atMs + 1_000, { what: 'heal', fault: id }),
  ];
}
