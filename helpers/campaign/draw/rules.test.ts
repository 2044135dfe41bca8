import { describe, expect, test } from 'vitest';
import type { Plan, PlannedFault } from '../plan.ts';
import { leastConvergeMs } from './estimates.ts';
import { brokenRules, objections, RULES } from './rules.ts';
import { cutAt, killAt, moveAt, smallPlan, withConfig } from './testing.ts';

const client = { from: 'client', to: 'master' };

function workload(changes: Partial<Plan['workload']>): Plan {
  const plan = smallPlan();
  return smallPlan({ workload: { ...plan.workload, ...changes } });
}

function watched(nodes: number, config: Readonly<Record<string, string>> = {}): Plan {
  const plan = withConfig(smallPlan(), config);
  const flat = plan.topology.nodes
    .slice(0, nodes)
    .map((node, at) => (at === 0 ? node : { ...node, replicaOf: 'master' }));
  return smallPlan({ topology: { nodes: flat, sentinels: 3 } });
}

test('a plan that keeps all rules has nothing against it', () => {
  expect(objections(smallPlan({ faults: [cutAt(1_000, 500), killAt(5_000, 500)] }))).toEqual([]);
});

/** What each rule lets pass, and what it says of the rest. */
const CASES: readonly (readonly [rule: string, plan: Plan, says: RegExp | undefined])[] = [
  ['leavesTimeToConverge', smallPlan(), undefined],
  [
    'leavesTimeToConverge',
    smallPlan({ convergeWithinMs: 1_000 }),
    /^convergence within 1000 ms, where \d+ ms/,
  ],
  [
    'outputLimitsLetResyncsEnd',
    withConfig(smallPlan(), { 'client-output-buffer-limit': 'replica 65536 0 0' }),
    undefined,
  ],
  [
    'outputLimitsLetResyncsEnd',
    withConfig(smallPlan(), { 'client-output-buffer-limit': 'replica 0 0 0' }),
    undefined,
  ],
  [
    'outputLimitsLetResyncsEnd',
    withConfig(smallPlan(), { 'client-output-buffer-limit': 'replica 65535 0 0' }),
    /^master drops replicas at 65535 bytes of output, where 65536/,
  ],
  [
    'outputLimitsLetResyncsEnd',
    withConfig(smallPlan(), { 'client-output-buffer-limit': 'replica 1000000 100 5' }),
    /at 100 bytes/,
  ],
  [
    'outputLimitsLetResyncsEnd',
    withConfig(workload({ valueBytesMax: 5_000_000 }), {
      'client-output-buffer-limit': 'replica 9999999 0 0',
    }),
    /where 10000000/,
  ],
  [
    'outputLimitsLetResyncsEnd',
    withConfig(smallPlan(), {
      'repl-backlog-size': '16384',
      'client-output-buffer-limit': 'replica 61511 0 0',
    }),
    /where 61512/,
  ],
  // Without a backlog of its own, a server may have one of 10 MB.
  [
    'outputLimitsLetResyncsEnd',
    withConfig(smallPlan(), {
      'repl-backlog-size': undefined,
      'client-output-buffer-limit': 'replica 5000000 0 0',
    }),
    /where 10485760/,
  ],
  [
    'pingsComeBeforeTimeouts',
    withConfig(smallPlan(), { 'repl-timeout': '2', 'repl-ping-replica-period': '1' }),
    undefined,
  ],
  [
    'pingsComeBeforeTimeouts',
    withConfig(smallPlan(), { 'repl-timeout': '3', 'repl-ping-replica-period': '3' }),
    /^a repl-timeout of 3 s, and pings every 3 s/,
  ],
  [
    'pingsComeBeforeTimeouts',
    withConfig(smallPlan(), { 'repl-timeout': '9', 'repl-ping-replica-period': undefined }),
    /every 10 s/,
  ],
  [
    'pingsComeBeforeTimeouts',
    withConfig(smallPlan(), { 'repl-timeout': undefined, 'repl-ping-replica-period': undefined }),
    undefined,
  ],
  ['writesCanBeTaken', withConfig(smallPlan(), { 'min-replicas-to-write': '2' }), undefined],
  [
    'writesCanBeTaken',
    withConfig(smallPlan(), { 'min-replicas-to-write': '3' }),
    /^writes need 3 replicas, master has 2/,
  ],
  [
    'writesCanBeTaken',
    withConfig(smallPlan({ faults: [moveAt(5_000, 'replica-2', 'replica-1')] }), {
      'min-replicas-to-write': '2',
    }),
    /master has 1/,
  ],
  ['writesCanBeTaken', watched(3, { 'min-replicas-to-write': '1' }), undefined],
  ['writesCanBeTaken', watched(2, { 'min-replicas-to-write': '1' }), /a failover leaves 0/],
  [
    'clientsGetThrough',
    smallPlan({ faults: [killAt(0, 4_000, 'master'), cutAt(2_000, 8_000, client)] }),
    undefined,
  ],
  [
    'clientsGetThrough',
    smallPlan({ faults: [killAt(0, 4_000, 'master'), cutAt(4_000, 6_001, client)] }),
    /^clients cannot reach the master for up to 10001 of 20000 ms/,
  ],
  ['clientsGetThrough', smallPlan({ faults: [cutAt(0, 20_000), killAt(0, 20_000)] }), undefined],
  ['movesMakeNoLoop', smallPlan({ faults: [moveAt(1_000, 'replica-2', 'replica-3')] }), undefined],
  [
    'movesMakeNoLoop',
    smallPlan({ faults: [moveAt(1_000, 'replica-1', 'replica-3')] }),
    /^move-1000 moves replica-1 to replica-3, which may stand below it/,
  ],
  // If the first is passed over, the second makes a loop.
  [
    'movesMakeNoLoop',
    smallPlan({
      faults: [moveAt(1_000, 'replica-3', 'master'), moveAt(2_000, 'replica-1', 'replica-3')],
    }),
    /^move-2000/,
  ],
  ['loadIsBearable', workload({ writesPerSecond: 800 }), undefined],
  [
    'loadIsBearable',
    workload({ writesPerSecond: 2_000, valueBytesMax: 5_000_000 }),
    /bytes are written each second, more than 3145728/,
  ],
  [
    'loadIsBearable',
    workload({ writesPerSecond: 1, keys: 100_000, valueBytesMax: 100 }),
    /bytes of data, more than 25165824/,
  ],
  ['rdbsAreMadeInTime', withConfig(smallPlan(), { 'rdb-key-save-delay': '3000' }), undefined],
  [
    'rdbsAreMadeInTime',
    withConfig(smallPlan(), { 'rdb-key-save-delay': '10000' }),
    /^master takes 4620 ms for an RDB, more than 1666/,
  ],
  [
    'nodesHaveOneFaultAtATime',
    smallPlan({ faults: [killAt(1_000, 500), killAt(1_501, 500)] }),
    undefined,
  ],
  [
    'nodesHaveOneFaultAtATime',
    smallPlan({ faults: [killAt(1_000, 500), killAt(1_500, 500)] }),
    /^kill-1000 and kill-1500 may both be in force on replica-2/,
  ],
  [
    'conditionsCanHold',
    smallPlan({ faults: [until(cutAt(1_000, 1), 'backlog-overrun')] }),
    undefined,
  ],
  [
    'conditionsCanHold',
    smallPlan({ faults: [until(killAt(1_000, 1), 'full-resync-begun')] }),
    undefined,
  ],
  [
    'conditionsCanHold',
    smallPlan({ faults: [until(killAt(1_000, 1), 'noticed')] }),
    /^kill-1000 waits for noticed, and is not on a link between two nodes/,
  ],
  [
    'conditionsCanHold',
    smallPlan({ faults: [until(cutAt(1_000, 1, client), 'noticed')] }),
    /not on a link between two nodes/,
  ],
  [
    'conditionsCanHold',
    smallPlan({ faults: [until(cutAt(1_000, 1, { from: 'replica-3', to: 'master' }), 'noticed')] }),
    /replica-3 has replica-1 as its upstream/,
  ],
  [
    'conditionsCanHold',
    smallPlan({
      faults: [
        moveAt(500, 'replica-3', 'master'),
        until(cutAt(1_000, 1, { from: 'replica-3', to: 'master' }), 'noticed'),
      ],
    }),
    undefined,
  ],
];

function until(
  fault: PlannedFault,
  condition: 'backlog-overrun' | 'noticed' | 'full-resync-begun',
): PlannedFault {
  return { ...fault, end: { after: 'condition', condition, withinMs: 2_000 } };
}

describe('rules', () => {
  test.for(CASES.map(([rule, plan, says], at) => [at, rule, plan, says] as const))(
    '%i: %s',
    ([, name, plan, says]) => {
      const objection = RULES[name]?.(plan);
      if (says === undefined) expect(objection).toBeUndefined();
      else expect(objection).toMatch(says);
      expect(brokenRules(plan).includes(name)).toBe(says !== undefined);
    },
  );

  test('each is tried both ways', () => {
    for (const name of Object.keys(RULES)) {
      const outcomes = CASES.filter(([rule]) => rule === name).map(
        ([, , says]) => says === undefined,
      );
      expect(new Set(outcomes), name).toEqual(new Set([true, false]));
    }
  });
});

describe('the time that convergence may take', () => {
  const least = (plan: Plan) => leastConvergeMs(plan);

  test('grows with timeouts, generations, what is transferred, and Sentinels', () => {
    const plan = smallPlan();
    expect(least(withConfig(plan, { 'repl-timeout': '6' }))).toBe(least(plan) + 2_000);
    expect(least(withConfig(plan, { 'repl-timeout': undefined }))).toBe(least(plan) + 110_000);
    expect(least(withConfig(plan, { 'repl-diskless-sync-delay': '1' }))).toBe(least(plan) + 4_000);
    const flat = { ...plan.topology, nodes: plan.topology.nodes.slice(0, 3) };
    expect(least({ ...plan, topology: flat })).toBeLessThan(least(plan));
    expect(least({ ...plan, topology: { ...plan.topology, sentinels: 3 } })).toBe(
      least(plan) + 30_000,
    );
    expect(least({ ...plan, faults: [moveAt(1, 'replica-2', 'replica-3')] })).toBeGreaterThan(
      least(plan),
    );
  });
});
