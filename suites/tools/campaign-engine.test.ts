/**
 * How a plan is run: what is planned comes to be and is recorded, and so does what was not planned. Whether the servers did
 * well is not judged here.
 */
import type {
  FaultCondition,
  Plan,
  PlannedFault,
  PlannedTopology,
  PlannedWorkload,
} from '../../helpers/campaign/plan.ts';
import type { Operation, RunRecord } from '../../helpers/campaign/record.ts';
import { type RunOptions, runPlan } from '../../helpers/campaign/run/run-plan.ts';
import type { Driver, Server } from '../../helpers/deployment/driver.ts';
import { expect, test } from '../../helpers/suite.ts';

const WORKLOAD: PlannedWorkload = {
  writers: 2,
  readersPerNode: 1,
  writesPerSecond: 150,
  readsPerSecond: 60,
  keys: 20,
  skew: 1,
  valueBytesMax: 4_000,
  databases: 2,
  ttlMsMax: 1_500,
  mix: { append: 4, register: 4, remove: 1, expiring: 2, count: 2, pair: 2, other: 3 },
};

/** Overrun within some five seconds by 150 writes a second; the second that a replica takes to ask again is not half of that. */
const BACKLOG_BYTES = 98_304;
const CONFIG = { 'repl-backlog-size': String(BACKLOG_BYTES), 'repl-timeout': '5' };
const ONE_REPLICA: PlannedTopology = {
  nodes: [
    { name: 'master', config: CONFIG },
    { name: 'replica-1', replicaOf: 'master', config: CONFIG },
  ],
  sentinels: 0,
};
const TWO_REPLICAS: PlannedTopology = {
  ...ONE_REPLICA,
  nodes: [...ONE_REPLICA.nodes, { name: 'replica-2', replicaOf: 'master', config: CONFIG }],
};

function plan(chaosMs: number, faults: readonly PlannedFault[], more: Partial<Plan> = {}): Plan {
  return {
    format: 1,
    seed: 11,
    topology: ONE_REPLICA,
    workload: WORKLOAD,
    faults,
    chaosMs,
    convergeWithinMs: 20_000,
    ...more,
  };
}

const forMs = (ms: number): PlannedFault['end'] => ({ after: 'time', ms });
const TO_MASTER = { on: 'link', from: 'replica-1', to: 'master' } as const;

/** What happened to faults and nodes, in words, without times. */
function told({ events }: RunRecord): string[] {
  return events.map((event) => {
    if (event.what === 'phase') return event.phase;
    if (event.what === 'heal')
      return `${event.fault} heals${event.condition ? ` (${event.condition})` : ''}`;
    return 'fault' in event ? `${event.what} ${event.fault}` : `${event.node} ${event.what}`;
  });
}

/** Troubles but for those of a machine that is busy with other tests. */
function ofServers({ troubles }: RunRecord): RunRecord['troubles'] {
  return troubles.filter(({ text }) => !text.startsWith('the harness stood still'));
}

/** A driver that hands out what it starts, for those who do behind the harness's back what nobody planned. */
function watched(driver: Driver): { driver: Driver; servers: Server[] } {
  const servers: Server[] = [];
  const createServer: Driver['createServer'] = async (spec) => {
    const server = await driver.createServer(spec);
    servers.push(server);
    return server;
  };
  const watching = new Proxy(driver, {
    get: (target, name) => {
      if (name === 'createServer') return createServer;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { driver: watching, servers };
}

/** Runs a plan, and does something while it is under way, so long after the first news of it. */
async function runWith(
  driver: Driver,
  planned: Plan,
  afterMs: number,
  doing: () => void | Promise<void>,
  options: RunOptions = {},
): Promise<RunRecord> {
  let isDone = false;
  return runPlan(driver, planned, {
    ...options,
    onProgress: ({ phase, elapsedMs }) => {
      if (phase !== 'chaos' || elapsedMs < afterMs || isDone) return;
      isDone = true;
      void doing();
    },
  });
}

const outcomes = ({ operations }: RunRecord): Record<string, number> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(operations, ({ outcome }) => outcome)).map(([name, all]) => [
      name,
      all.length,
    ]),
  );

test('a cut, a latency, a pause and a kill come and go, over each other, and all converges', async ({
  driver,
}) => {
  const record = await runPlan(
    driver,
    plan(
      // The last pause outlasts what clients wait for an answer.
      9_000,
      [
        {
          ...TO_MASTER,
          id: 'f1',
          atMs: 300,
          end: forMs(2_500),
          fault: { kind: 'latency', direction: 'downstream', latencyMs: 60, jitterMs: 10 },
        },
        { ...TO_MASTER, id: 'f2', atMs: 1_000, end: forMs(700), fault: { kind: 'cut' } },
        {
          id: 'f3',
          on: 'node',
          node: 'replica-2',
          atMs: 500,
          end: forMs(3_000),
          fault: { kind: 'pause' },
        },
        {
          id: 'f4',
          on: 'node',
          node: 'replica-2',
          atMs: 1_500,
          end: forMs(3_000),
          fault: { kind: 'kill' },
        },
        {
          id: 'f5',
          on: 'node',
          node: 'replica-2',
          atMs: 3_000,
          end: forMs(500),
          fault: { kind: 'pause' },
        },
        {
          id: 'f6',
          on: 'node',
          node: 'master',
          atMs: 5_000,
          end: forMs(60_000),
          fault: { kind: 'pause' },
        },
      ],
      { topology: TWO_REPLICAS },
    ),
  );
  expect(ofServers(record)).toEqual([]);
  const news = told(record);
  for (const life of [
    ['chaos', 'healing', 'converged', 'over'],
    ['fault f1', 'f1 heals'],
    ['fault f2', 'f2 heals'],
    ['fault f3', 'f3 heals'],
    ['replica-2 ended', 'fault f4', 'passed-over f5', 'replica-2 started', 'f4 heals'],
    ['fault f6', 'healing', 'f6 heals', 'converged'],
  ]) {
    expect(news.filter((one) => life.includes(one))).toEqual(life);
  }
  const states = (node: string) =>
    new Set(record.samples.filter((one) => one.node === node).map(({ state }) => state));
  expect([...states('replica-2')]).toEqual(expect.arrayContaining(['answers', 'paused', 'ended']));
  // Who does not answer within a second, on a busy machine, is silent for that look.
  expect(new Set([...states('replica-1')].filter((state) => state !== 'silent'))).toEqual(
    new Set(['answers']),
  );
  const resyncs = record.resyncs.map(({ replica, kind }) => `${replica} ${kind}`);
  expect(resyncs).toContain('replica-1 partial');
  // From the RDB that it was sent at the start, it may go on or not.
  expect(resyncs).toContainEqual(expect.stringMatching(/^replica-2 /));
  expect(record.resyncs.filter(({ modelObjects }) => modelObjects !== undefined)).toEqual([]);
  const { ok = 0, failed = 0, unknown = 0 } = outcomes(record);
  expect(ok).toBeGreaterThan(50);
  expect(failed, 'reads of a node that had ended').toBeGreaterThan(0);
  expect(unknown, 'operations under way to a node that was paused').toBeGreaterThan(0);
  expect(record.final).toMatchObject({ differences: [], convergedAfterMs: expect.any(Number) });
});

test('what is left in the end is what was acknowledged', async ({ driver }) => {
  const { operations, final } = await runPlan(driver, plan(4_000, []));
  const appended = new Map<string, string[]>();
  const versions = new Map<string, string>();
  for (const { kind, db, key, value, outcome } of operations) {
    expect(outcome).toBe('ok');
    const name = `${db}/${key}`;
    if (kind === 'append') appended.set(name, [...(appended.get(name) ?? []), String(value)]);
    if (kind === 'register') versions.set(name, String(value));
    if (kind === 'remove') versions.delete(name);
  }
  expect(appended.size).toBe(2);
  expect(final?.nodes).toHaveLength(2);
  for (const { lists, registers } of final?.nodes ?? []) {
    expect(lists).toEqual(Object.fromEntries(appended));
    expect(registers).toMatchObject(Object.fromEntries(versions));
  }
  const counted = operations.filter(({ kind }) => kind === 'count').length;
  const [first] = final?.nodes ?? [];
  expect(Object.values(first?.counters ?? {}).reduce((sum, one) => sum + one, 0)).toBe(counted);
});

const CONDITIONS: readonly {
  readonly condition: FaultCondition;
  readonly kind: 'cut' | 'reset';
  readonly resync: object;
  readonly leastBytes?: number;
  /** Half of the backlog takes a second and more to come to be owed, so that the heal comes before all of it is. */
  readonly workload: Partial<PlannedWorkload>;
}[] = [
  {
    condition: 'backlog-half-full',
    kind: 'cut',
    resync: { kind: 'partial' },
    leastBytes: BACKLOG_BYTES / 2,
    workload: { writesPerSecond: 100 },
  },
  {
    condition: 'backlog-overrun',
    kind: 'cut',
    resync: { kind: 'full', reason: 'lack-of-backlog' },
    // However few of them a busy machine gets done.
    workload: { valueBytesMax: 64_000 },
  },
  {
    condition: 'noticed',
    kind: 'reset',
    resync: { kind: 'partial' },
    workload: { writesPerSecond: 100 },
  },
];

test.for(CONDITIONS)(
  'a condition ends a fault: $condition',
  async ({ condition, kind, resync, leastBytes = 0, workload }, { driver }) => {
    const chaosMs = 12_000;
    const end = { after: 'condition', condition, withinMs: chaosMs } as const;
    const record = await runPlan(
      driver,
      plan(chaosMs, [{ ...TO_MASTER, id: 'f1', atMs: 200, end, fault: { kind } }], {
        workload: { ...WORKLOAD, ...workload },
      }),
    );
    expect(ofServers(record)).toEqual([]);
    expect(told(record)).toContain(`f1 heals (${condition})`);
    const [first] = record.resyncs;
    expect(first).toMatchObject(resync);
    expect(first?.backlogBytes ?? 0).toBeGreaterThanOrEqual(leastBytes);
    expect(record.final?.differences).toEqual([]);
  },
);

test('Sentinels put another in the place of a killed master, and writers follow', async ({
  driver,
  skip,
}) => {
  const { sentinel } = driver.target;
  if ('missing' in sentinel) skip(sentinel.missing);
  const record = await runPlan(
    driver,
    plan(
      22_000,
      [
        {
          id: 'f1',
          on: 'node',
          node: 'master',
          atMs: 1_000,
          end: forMs(18_000),
          fault: { kind: 'kill' },
        },
      ],
      { topology: { ...TWO_REPLICAS, sentinels: 3 }, convergeWithinMs: 40_000 },
    ),
  );
  expect(ofServers(record)).toEqual([]);
  const promoted = record.events.flatMap((one) => (one.what === 'promoted' ? [one.node] : []));
  expect(promoted).toHaveLength(1);
  const writtenTo = record.operations
    .filter(({ client, outcome }) => client === 'writer-1' && outcome === 'ok')
    .map(({ node }) => node);
  expect([writtenTo[0], writtenTo.at(-1)]).toEqual(['master', promoted[0]]);
  const masters = record.final?.nodes.filter(({ role }) => role === 'master');
  expect(masters?.map(({ name }) => name)).toEqual(promoted);
  expect(record.final?.differences).toEqual([]);
});

test('two runs of one plan ask for the same', async ({ driver }) => {
  const planned = plan(4_000, [
    { ...TO_MASTER, id: 'f1', atMs: 300, end: forMs(300), fault: { kind: 'cut' } },
  ]);
  const asked = async (): Promise<Map<string, string[]>> => {
    const { operations } = await runPlan(driver, planned);
    const inOrder = operations.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs);
    const inWords = ({ kind, db, key, ttlMs, value }: Operation): string =>
      [kind, db, key, ttlMs, kind.startsWith('read') || kind === 'count' ? '' : value].join(' ');
    return new Map(
      [...Map.groupBy(inOrder, ({ client }) => client)].map(([client, all]) => [
        client,
        all.map(inWords),
      ]),
    );
  };
  const [once, again] = [await asked(), await asked()];
  expect([...again.keys()].sort()).toEqual([...once.keys()].sort());
  for (const [client, operations] of once) {
    const others = again.get(client) ?? [];
    const length = Math.min(operations.length, others.length);
    expect(length, client).toBeGreaterThan(10);
    expect(others.slice(0, length)).toEqual(operations.slice(0, length));
  }
});

test('a server that ends unasked is a trouble of correctness, and is started again in the end', async ({
  driver: real,
}) => {
  const { driver, servers } = watched(real);
  const record = await runWith(driver, plan(8_000, []), 1_000, async () => {
    await servers[1]?.end('SIGKILL', 5_000);
  });
  expect(ofServers(record)).toMatchObject([{ verdict: 'correctness', node: 'replica-1' }]);
  expect(ofServers(record)[0]?.text).toMatch(/^replica-1 ended by itself \(SIGKILL\)/);
  expect(told(record)).toEqual([
    'chaos',
    'replica-1 ended',
    'healing',
    'replica-1 started',
    'converged',
    'over',
  ]);
  expect(record.final?.differences).toEqual([]);
});

test('what does not converge in time is told, and fails nothing', async ({ driver: real }) => {
  const { driver, servers } = watched(real);
  const record = await runWith(
    driver,
    plan(1_500, [], { convergeWithinMs: 3_000 }),
    500,
    // Behind the back of the harness, which so does not let it go on.
    () => servers[1]?.pause(),
  );
  expect(ofServers(record)).toEqual([]);
  const last = record.samples.findLast(({ node }) => node === 'replica-1');
  expect(last).toMatchObject({ state: 'silent' });
  expect(record.final).not.toHaveProperty('convergedAfterMs');
  expect(record.final?.differences).toEqual(['replica-1 does not answer']);
  expect(record.final?.nodes).toMatchObject([{ up: true }, { up: false }]);
});

test('a link that the Toxiproxy loses is a trouble of the environment', async ({ driver }) => {
  const record = await runWith(
    driver,
    plan(6_000, [], { convergeWithinMs: 2_000 }),
    500,
    async () => {
      const all = Object.values(await driver.toxiproxy.getAll());
      await all.find(({ name }) => name.startsWith('replica-1-to-master'))?.remove();
    },
  );
  expect(ofServers(record)).toMatchObject([
    {
      verdict: 'environment',
      text: 'the Toxiproxy has lost the link replica-1 to master',
    },
  ]);
  expect(record.final?.differences).toEqual(['replica-1: its link to master is down']);
});

test('a run that is stopped ends at once, tells so, and leaves nothing', async ({
  driver: real,
}) => {
  const { driver, servers } = watched(real);
  const proxies = async (): Promise<string[]> => Object.keys(await driver.toxiproxy.getAll());
  const before = await proxies();
  const stopping = new AbortController();
  const faults: PlannedFault[] = [
    { ...TO_MASTER, id: 'f1', atMs: 100, end: forMs(60_000), fault: { kind: 'cut' } },
    {
      id: 'f2',
      on: 'node',
      node: 'replica-1',
      atMs: 200,
      end: forMs(60_000),
      fault: { kind: 'pause' },
    },
    { id: 'f3', on: 'node', node: 'master', atMs: 50_000, end: forMs(1), fault: { kind: 'kill' } },
  ];
  const record = await runWith(driver, plan(60_000, faults), 1_000, () => stopping.abort(), {
    signal: stopping.signal,
  });
  expect(record.troubles).toMatchObject([
    { verdict: 'inconclusive', text: expect.stringMatching(/^the run was stopped from outside/) },
  ]);
  expect(record.final).toBeUndefined();
  expect(told(record)).not.toContain('fault f3');
  expect(servers.map(({ exit }) => exit !== undefined)).toEqual([true, true]);
  expect(await proxies()).toEqual(before);
});
