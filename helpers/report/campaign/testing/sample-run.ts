import type { Plan, PlannedFault } from '../../../campaign/plan.ts';
import {
  type FinalNode,
  type Finding,
  type NodeSample,
  type Operation,
  RARE_STATES,
  type RareState,
  type RecordedLog,
  type RecordedResync,
  type RunEvent,
  type RunRecord,
} from '../../../campaign/record.ts';
import { type Random, seeded } from '../../../random.ts';
import type { ReportedRun } from '../reported-run.ts';

/** When sample runs are ready: 2026-01-02 03:04:05 UTC. */
export const READY_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface SampleOptions {
  readonly seed?: number;
  readonly chaosMs?: number;
  readonly replicas?: number;
  readonly operationsPerSecond?: number;
  readonly faults?: number;
  /** Acknowledged appends that are missing at the end; with any, the run has failed. */
  readonly lost?: number;
}

const SAMPLE_EVERY_MS = 250;
const HEALING_MS = 3_000;
const BYTES_A_WRITE = 180;

interface Broken {
  readonly fault: PlannedFault;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * A run that never was, of the size one likes: a master and replicas, links that are cut and slowed, replicas that are paused
 * and killed. What it says adds up as far as reports look. The same options make the same run.
 */
export function sampleRun(options: SampleOptions = {}): ReportedRun {
  const {
    seed = 4_172,
    chaosMs = 60_000,
    replicas = 2,
    operationsPerSecond = 200,
    faults = 8,
    lost = 0,
  } = options;
  const random = seeded(seed);
  const plan = samplePlan(
    random.fork('plan'),
    seed,
    chaosMs,
    replicas,
    operationsPerSecond,
    faults,
  );
  const broken = plan.faults.map((fault): Broken => {
    const lastsMs = fault.end.after === 'time' ? fault.end.ms : fault.end.withinMs / 2;
    return { fault, fromMs: fault.atMs + 12, toMs: Math.min(chaosMs, fault.atMs + 12 + lastsMs) };
  });
  const endMs = chaosMs + HEALING_MS;
  const operations = sampleOperations(random.fork('operations'), plan, broken);
  const { samples, resyncs } = sampleNodes(plan, broken, endMs);
  const record: RunRecord = {
    head: {
      format: 1,
      plan,
      target: { name: 'redis:7.0@processes', description: 'redis-server 7.0.15 as processes' },
      servers: Object.fromEntries(plan.topology.nodes.map(({ name }) => [name, 'redis 7.0.15'])),
      readyAtMs: READY_AT_MS,
    },
    operations,
    samples,
    events: sampleEvents(chaosMs, broken),
    resyncs,
    logs: resyncs.flatMap(logsOf),
    final: {
      type: 'final',
      atMs: READY_AT_MS + endMs,
      convergedAfterMs: HEALING_MS - 800,
      differences: [],
      nodes: finalNodes(plan, operations, lost),
    },
    troubles: [],
  };
  const findings = lost > 0 ? [lossFinding(record, lost)] : [];
  return {
    record,
    judgement: {
      verdict: lost > 0 ? 'correctness' : 'pass',
      findings,
      rareStates: {
        ...noRareStates(),
        'two faults on one path': 2,
        'partial across a wrap of the backlog': 1,
      },
    },
    replay: `npm run replay -- artifacts/${seed}/plan.json`,
    artifact: `artifacts/${seed}`,
  };
}

export function noRareStates(): Record<RareState, number> {
  return Object.fromEntries(RARE_STATES.map((state) => [state, 0])) as Record<RareState, number>;
}

function samplePlan(
  random: Random,
  seed: number,
  chaosMs: number,
  replicas: number,
  operationsPerSecond: number,
  faults: number,
): Plan {
  const names = Array.from({ length: replicas }, (_, index) => `replica-${index + 1}`);
  const drawn = Array.from({ length: faults }, () => random.integer(500, chaosMs - 5_000)).sort(
    (a, b) => a - b,
  );
  return {
    format: 1,
    seed,
    topology: {
      nodes: [
        { name: 'master', config: { 'repl-backlog-size': '65536' } },
        ...names.map((name) => ({ name, replicaOf: 'master', config: {} })),
      ],
      sentinels: 0,
    },
    workload: {
      writers: 4,
      readersPerNode: 1,
      writesPerSecond: operationsPerSecond / 2,
      readsPerSecond: operationsPerSecond / 2,
      keys: 20,
      skew: 0.9,
      valueBytesMax: 4_096,
      databases: 2,
      ttlMsMax: 20_000,
      mix: { append: 3, register: 4, remove: 1, expiring: 1, count: 1, pair: 1, other: 0 },
    },
    faults: drawn.map((atMs, index) => sampleFault(random, `f${index + 1}`, atMs, names)),
    chaosMs,
    convergeWithinMs: 30_000,
  };
}

function sampleFault(
  random: Random,
  id: string,
  atMs: number,
  replicas: readonly string[],
): PlannedFault {
  const from = random.pick(replicas);
  const link = { on: 'link', from, to: 'master' } as const;
  const ms = random.integer(400, 6_000);
  const end = { after: 'time', ms } as const;
  const bodies = [
    { ...link, fault: { kind: 'cut' }, end },
    { ...link, fault: { kind: 'half-open', direction: 'downstream' }, end },
    {
      ...link,
      fault: { kind: 'latency', direction: 'upstream', latencyMs: 200, jitterMs: 20 },
      end,
    },
    {
      ...link,
      fault: { kind: 'cut' },
      end: { after: 'condition', condition: 'backlog-overrun', withinMs: 9_000 },
    },
    { on: 'node', node: from, fault: { kind: 'pause' }, end },
    { on: 'node', node: from, fault: { kind: 'kill' }, end },
  ] as const;
  return { id, atMs, ...random.pick(bodies) };
}

function sampleOperations(random: Random, plan: Plan, broken: readonly Broken[]): Operation[] {
  const { writesPerSecond, readsPerSecond } = plan.workload;
  const perSecond = writesPerSecond + readsPerSecond;
  const slow = broken.filter(({ fault }) => fault.on === 'node');
  return Array.from({ length: Math.floor((plan.chaosMs / 1_000) * perSecond) }, (_, index) => {
    const atMs = (index / perSecond) * 1_000;
    const isWrite = index % perSecond < writesPerSecond;
    const suffers = slow.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
    const outcome =
      suffers && random.chance(0.02) ? random.pick(['failed', 'unknown'] as const) : 'ok';
    const tookMs = 0.4 + random.integer(0, 100) / 100 + (random.chance(0.01) ? 18 : 0);
    const invokedAtMs = READY_AT_MS + atMs;
    return {
      type: 'operation',
      client: isWrite ? `writer-${(index % 4) + 1}` : 'reader-master-1',
      connection: 1,
      node: 'master',
      kind: isWrite ? (index % 3 === 0 ? 'append' : 'register') : 'read',
      db: index % 2,
      key: `key-${index % 20}`,
      value: `id-${index}`,
      invokedAtMs,
      completedAtMs: invokedAtMs + (outcome === 'ok' ? tookMs : 1_000),
      outcome,
    };
  });
}

function sampleNodes(
  plan: Plan,
  broken: readonly Broken[],
  endMs: number,
): { samples: NodeSample[]; resyncs: RecordedResync[] } {
  const samples: NodeSample[] = [];
  const resyncs: RecordedResync[] = [];
  const bytesAMs = (plan.workload.writesPerSecond * BYTES_A_WRITE) / 1_000;
  const offsets = new Map<string, number>();
  for (let atMs = 0; atMs <= endMs; atMs += SAMPLE_EVERY_MS) {
    const masterOffset = Math.round(Math.min(atMs, plan.chaosMs) * bytesAMs) + 1;
    for (const { name, replicaOf } of plan.topology.nodes) {
      const state = stateOf(name, broken, atMs);
      const linkUp = !isOff(name, broken, atMs);
      if (linkUp && isOff(name, broken, atMs - SAMPLE_EVERY_MS)) {
        resyncs.push(resyncOf(name, atMs, masterOffset - (offsets.get(name) ?? 0)));
      }
      if (linkUp) offsets.set(name, masterOffset);
      samples.push({
        type: 'sample',
        node: name,
        atMs: READY_AT_MS + atMs,
        state,
        ...(state === 'answers'
          ? {
              role: replicaOf === undefined ? 'master' : 'replica',
              replid: 'a1b2',
              offset: offsets.get(name) ?? 1,
              ...(replicaOf === undefined ? {} : { link: linkUp ? 'up' : 'down' }),
              memoryBytes: 1_200_000 + Math.round(masterOffset / 8),
              connectedClients: 6,
              fileDescriptors: 21,
            }
          : {}),
      });
    }
  }
  return { samples, resyncs };
}

function inForce(node: string, broken: readonly Broken[], atMs: number): readonly PlannedFault[] {
  return broken
    .filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
    .map(({ fault }) => fault)
    .filter((fault) => (fault.on === 'node' ? fault.node : fault.from) === node);
}

function stateOf(node: string, broken: readonly Broken[], atMs: number): NodeSample['state'] {
  const kinds = inForce(node, broken, atMs).map(({ fault }) => fault.kind);
  if (kinds.includes('kill')) return 'ended';
  return kinds.includes('pause') ? 'paused' : 'answers';
}

function isOff(node: string, broken: readonly Broken[], atMs: number): boolean {
  return inForce(node, broken, atMs).some(({ fault }) => fault.kind !== 'latency');
}

function resyncOf(replica: string, atMs: number, behindBytes: number): RecordedResync {
  const common = { type: 'resync', atMs: READY_AT_MS + atMs, upstream: 'master', replica } as const;
  return behindBytes > 65_536
    ? { ...common, kind: 'full', reason: 'the backlog does not go back far enough' }
    : { ...common, kind: 'partial', reason: 'the backlog has it', backlogBytes: behindBytes };
}

function logsOf({ atMs, replica, kind, reason }: RecordedResync): RecordedLog[] {
  const line = (node: string, afterMs: number, text: string): RecordedLog => ({
    type: 'log',
    node,
    atMs: atMs + afterMs,
    text,
  });
  return [
    line(replica, -90, 'Connecting to MASTER 127.0.0.1:20001'),
    line(replica, -60, 'MASTER <-> REPLICA sync started'),
    line('master', -20, `Replica 127.0.0.1:20012 asks for synchronization`),
    line('master', 0, `${kind === 'full' ? 'Full' : 'Partial'} resync accepted: ${reason}`),
  ];
}

function sampleEvents(chaosMs: number, broken: readonly Broken[]): RunEvent[] {
  const event = (atMs: number, rest: object) =>
    ({ type: 'event', atMs: READY_AT_MS + atMs, ...rest }) as RunEvent;
  return [
    event(0, { what: 'phase', phase: 'chaos' }),
    ...broken.flatMap(({ fault, fromMs, toMs }) => [
      event(fromMs, { what: 'fault', fault: fault.id, effect: 'refused within 3 ms' }),
      event(toMs, {
        what: 'heal',
        fault: fault.id,
        ...(fault.end.after === 'condition' ? { condition: fault.end.condition } : {}),
      }),
      ...(fault.on === 'node' && fault.fault.kind === 'kill'
        ? [
            event(fromMs, { what: 'ended', node: fault.node }),
            event(toMs, { what: 'started', node: fault.node }),
          ]
        : []),
    ]),
    event(chaosMs, { what: 'phase', phase: 'healing' }),
    event(chaosMs + HEALING_MS - 800, { what: 'phase', phase: 'converged' }),
    event(chaosMs + HEALING_MS, { what: 'phase', phase: 'over' }),
  ].sort((a, b) => a.atMs - b.atMs);
}

function finalNodes(plan: Plan, operations: readonly Operation[], lost: number): FinalNode[] {
  const appended = operations.filter(({ kind, outcome }) => kind === 'append' && outcome === 'ok');
  const kept = appended.slice(0, appended.length - lost).map(({ value }) => String(value));
  return plan.topology.nodes.map(({ name, replicaOf }) => ({
    name,
    up: true,
    role: replicaOf === undefined ? 'master' : 'replica',
    replid: 'a1b2',
    offset: 1,
    lists: { 'writer-1': kept },
    registers: {},
    counters: {},
  }));
}

function lossFinding({ operations }: RunRecord, lost: number): Finding {
  const appended = operations.filter(({ kind, outcome }) => kind === 'append' && outcome === 'ok');
  const first = appended[appended.length - lost];
  return {
    checker: 'acknowledged writes',
    verdict: 'correctness',
    text: `${lost} acknowledged appends are in no list at the end, the first of them ${first?.value}: what a master acknowledges while no failover happens must stay.`,
    ...(first === undefined ? {} : { atMs: first.invokedAtMs }),
    nodes: ['master', 'replica-1'],
  };
}
