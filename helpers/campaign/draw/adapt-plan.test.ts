import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf } from '../plan-file.ts';
import { adaptPlan, type PlanTarget } from './adapt-plan.ts';
import { drawPlan } from './draw-plan.ts';
import { objections } from './rules.ts';
import { cutAt, killAt, smallPlan, withConfig } from './testing.ts';

const newest: PlanTarget = {
  product: 'redis',
  version: '8.0.2',
  canHold: true,
  hasSentinels: true,
};
const reference: PlanTarget = { ...newest, version: '7.0.15', isReference: true };
const TARGETS: readonly PlanTarget[] = [
  newest,
  reference,
  { ...newest, version: '6.0.16' },
  { ...newest, version: '7.0.15', canHold: false, hasSentinels: false },
  { ...newest, product: 'valkey', version: '8.1.1' },
  { ...newest, product: 'valkey', version: 'unknown', canHold: false },
];

test('every drawn plan is one that every target can run, still sane, and adapting again changes nothing', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(...TARGETS), (seed, target) => {
      const { plan } = adaptPlan(drawPlan(seed, {}, { chaosMs: 40_000 }), target);
      expect(planOf(plan, 'adapted')).toEqual(plan);
      expect(objections(plan)).toEqual([]);
      expect(adaptPlan(plan, target)).toEqual({ plan, changes: [] });
      const kinds = plan.faults.map(({ fault }) => fault.kind);
      if (!target.canHold && plan.topology.sentinels === 0) expect(kinds).not.toContain('hold');
      if (!target.hasSentinels) expect(plan.topology.sentinels).toBe(0);
    }),
    { numRuns: 400 },
  );
});

test('what a target has stays as it is', () => {
  const plan = withConfig(smallPlan(), { 'repl-rdb-channel': 'yes', 'shutdown-timeout': '1' });
  expect(adaptPlan(plan, newest)).toEqual({ plan, changes: [] });
});

test('without append-only files an RDB is kept, and who has one is stopped, not killed', () => {
  const plan = smallPlan({
    faults: [killAt(1_000, 500, 'master'), killAt(4_000, 500, 'replica-2')],
  });
  const { plan: adapted, changes } = adaptPlan(plan, reference);
  expect(adapted.faults.map(({ fault }) => fault.kind)).toEqual(['stop', 'kill']);
  for (const { config } of adapted.topology.nodes) {
    expect(config).toMatchObject({ save: '3600 1000000' });
    expect(config).not.toHaveProperty('appendonly');
    expect(config).not.toHaveProperty('appendfsync');
  }
  expect(changes).toEqual([
    'master, replica-1, replica-2, replica-3: an RDB at each stop instead of an append-only file (Redis 1.2 or Valkey 7.2, not the reference)',
    'kill-1000: stop instead of kill, which would lose what was acknowledged',
  ]);
});

test('a master that keeps nothing is killed all the same', () => {
  const plan = withConfig(smallPlan({ faults: [killAt(1_000, 500, 'master')] }), {
    appendonly: undefined,
    appendfsync: undefined,
  });
  expect(adaptPlan(plan, reference)).toEqual({ plan, changes: [] });
});

test('what a real Toxiproxy cannot hold is dropped, but beside Sentinels, whose links it has none of', () => {
  const hold = { kind: 'hold', direction: 'downstream' } as const;
  const plan = smallPlan({
    faults: [{ ...cutAt(1_000, 500), on: 'link', from: 'replica-1', to: 'master', fault: hold }],
  });
  const { plan: adapted, changes } = adaptPlan(plan, { ...newest, canHold: false });
  expect(adapted.faults[0]?.fault).toEqual({ kind: 'half-open', direction: 'downstream' });
  expect(changes).toEqual([
    'cut-1000: half-open instead of hold, which only the embedded Toxiproxy has',
  ]);
  const watched = {
    ...plan,
    topology: { ...plan.topology, sentinels: 3 },
    convergeWithinMs: 99_000,
  };
  expect(adaptPlan(watched, { ...newest, canHold: false }).plan).toEqual(watched);
});

test('directives that a version lacks are left out, and one has another name', () => {
  const plan = withConfig(smallPlan(), {
    'repl-rdb-channel': 'yes',
    'shutdown-timeout': '1',
    'repl-diskless-load': 'swapdb',
  });
  const old = adaptPlan(plan, { ...newest, version: '6.2.0' });
  expect(old.plan.topology.nodes[0]?.config).not.toHaveProperty('shutdown-timeout');
  expect(old.changes).toEqual([
    'no shutdown-timeout: it needs Redis 7.0 or Valkey 7.2',
    'no repl-rdb-channel: it needs Redis 8.0 or Valkey 8.0',
  ]);
  const valkey = adaptPlan(plan, { ...newest, product: 'valkey', version: '8.1.1' });
  expect(valkey.plan.topology.nodes[0]?.config).toMatchObject({
    'dual-channel-replication-enabled': 'yes',
  });
  expect(valkey.changes).toEqual(['repl-rdb-channel is dual-channel-replication-enabled']);
});

test('a known defect is not run into: two connections and a load from a file on Valkey', () => {
  const plan = withConfig(smallPlan(), {
    'repl-rdb-channel': 'yes',
    'repl-diskless-load': 'disabled',
  });
  const { plan: adapted, changes } = adaptPlan(plan, {
    ...newest,
    product: 'valkey',
    version: '9.1.0',
  });
  expect(adapted.topology.nodes[0]?.config).not.toHaveProperty('dual-channel-replication-enabled');
  expect(changes.at(-1)).toContain('ends when its link breaks while it loads from a file');
});

test('without Sentinels their faults go, and conditions that could not hold become times', () => {
  const [first] = smallPlan().topology.nodes;
  if (first === undefined) throw new Error('no master');
  const { config } = first;
  const nodes = [first, ...['a', 'b'].map((name) => ({ name, replicaOf: 'master', config }))];
  const overrun = { after: 'condition', condition: 'backlog-overrun', withinMs: 3_000 } as const;
  const plan = smallPlan({
    topology: { nodes, sentinels: 3 },
    faults: [
      { ...cutAt(1_000, 1, { from: 'a', to: 'b' }), end: overrun },
      { ...cutAt(2_000, 1, { from: 'a', to: 'master' }), end: overrun },
      cutAt(3_000, 500, { from: 'sentinel-1', to: 'master' }),
      killAt(4_000, 500, 'sentinel-2'),
    ],
  });
  const { plan: adapted, changes } = adaptPlan(plan, { ...newest, hasSentinels: false });
  expect(adapted.faults.map(({ id, end }) => [id, end.after])).toEqual([
    ['cut-1000', 'time'],
    ['cut-2000', 'condition'],
  ]);
  expect(changes).toEqual([
    'no Sentinels, and none of the 2 faults on them: there is no server that can be one',
  ]);
});
