import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawPlan } from '../draw/draw-plan.ts';
import { objections } from '../draw/rules.ts';
import { cutAt, killAt, smallPlan } from '../draw/testing.ts';
import { canOverlap } from '../draw/times.ts';
import type { Plan, PlannedFault } from '../plan.ts';
import { planOf } from '../plan-file.ts';
import { type ShrinkStep, shrinkPlan } from './shrink-plan.ts';

const clock = () => 0;

function hasKind(plan: Plan, kind: PlannedFault['fault']['kind']): boolean {
  return plan.faults.some(({ fault }) => fault.kind === kind);
}

/** A cut of a link while a node may be down. */
function cutsWhileDown({ faults }: Plan, from: string, to: string, node: string): boolean {
  const cuts = faults.filter(
    (one) => one.on === 'link' && one.fault.kind === 'cut' && one.from === from && one.to === to,
  );
  const kills = faults.filter(
    (one) => one.on === 'node' && one.fault.kind === 'kill' && one.node === node,
  );
  return cuts.some((cut) => kills.some((kill) => canOverlap(cut, kill)));
}

/** A drawn plan with a cut and a kill that overlap, among all else. */
function hiding(seed: number): Plan {
  const pins = { depth: 2, nodes: 5, sentinels: 0, persistence: 'aof' } as const;
  const drawn = drawPlan(seed, pins, { chaosMs: 40_000 });
  const [upstream] = drawn.topology.nodes;
  const faults = [
    ...drawn.faults,
    { ...cutAt(12_345, 3_000, { from: 'replica-1', to: upstream?.name ?? '' }), id: 'the-cut' },
    { ...killAt(13_000, 4_000, 'replica-3'), id: 'the-kill' },
  ];
  return { ...drawn, faults };
}

test('two faults that overlap are found among all others, and nothing else is left', () =>
  fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const plan = hiding(seed);
      const fails = async (one: Plan) => cutsWhileDown(one, 'replica-1', 'master', 'replica-3');
      const { plan: smallest, ended, confirmed } = await shrinkPlan(plan, fails, { clock });
      expect(ended).toBe('minimal');
      expect(confirmed).toEqual({ failed: 3, of: 3 });
      expect(await fails(smallest)).toBe(true);
      expect(smallest.faults.map(({ fault }) => fault.kind).sort()).toEqual(['cut', 'kill']);
      expect(smallest.topology.nodes.map(({ name }) => name).sort()).toEqual(
        expect.arrayContaining(['master', 'replica-1', 'replica-3']),
      );
      expect(smallest.chaosMs).toBeLessThan(4_000);
      expect(smallest.workload).toMatchObject({ writers: 1, readersPerNode: 0, databases: 1 });
      expect(Object.values(smallest.workload.mix).filter((weight) => weight > 0)).toHaveLength(1);
    }),
    { numRuns: 20 },
  ));

test('every plan that is tried can be run and is sane, and every step still fails', () =>
  fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const plan = drawPlan(seed, {}, { chaosMs: 40_000 });
      const kind = plan.faults.at(-1)?.fault.kind ?? 'cut';
      const tried: Plan[] = [];
      const { plan: smallest, steps } = await shrinkPlan(
        plan,
        async (one) => {
          tried.push(one);
          return hasKind(one, kind);
        },
        { clock, confirm: () => 0 },
      );
      for (const one of tried) {
        expect(planOf(one, 'tried')).toEqual(one);
        expect(objections(one)).toEqual([]);
      }
      expect(new Set(tried.map((one) => JSON.stringify(one))).size).toBe(tried.length);
      for (const step of steps) expect(hasKind(step.plan, kind)).toBe(true);
      expect(smallest.faults.map(({ fault }) => fault.kind)).toEqual([kind]);
    }),
    { numRuns: 30 },
  ));

test('the order of runs depends on the plan alone', async () => {
  const runs = async () => {
    const tried: string[] = [];
    await shrinkPlan(
      hiding(3),
      async (plan) => {
        tried.push(JSON.stringify(plan));
        return hasKind(plan, 'kill');
      },
      { clock },
    );
    return tried;
  };
  expect(await runs()).toEqual(await runs());
});

describe('what is not needed goes', () => {
  test('Sentinels, nodes and directives, where the failure needs one directive of one node', async () => {
    const plan = drawPlan(5, { sentinels: 3, nodes: 4 }, { chaosMs: 40_000 });
    const nodes = plan.topology.nodes.map((node) => ({
      ...node,
      config: { ...node.config, 'repl-backlog-ttl': node.name === 'replica-2' ? '7' : '1' },
    }));
    const topology = { ...plan.topology, nodes };
    const { plan: smallest } = await shrinkPlan(
      { ...plan, topology },
      async (one) =>
        one.topology.nodes.some(
          ({ name, config }) => name === 'replica-2' && config['repl-backlog-ttl'] === '7',
        ),
      { clock },
    );
    expect(smallest.faults).toEqual([]);
    expect(smallest.topology.sentinels).toBe(0);
    const withIt = smallest.topology.nodes.filter(({ config }) => config['repl-backlog-ttl']);
    expect(withIt.map(({ name }) => name)).toEqual(['replica-2']);
  });

  test('a condition becomes a time, and a half-open link a cut', async () => {
    const overrun = { after: 'condition', condition: 'backlog-overrun', withinMs: 8_000 } as const;
    const silent = { kind: 'half-open', direction: 'downstream' } as const;
    const plan = smallPlan({
      faults: [
        {
          ...cutAt(5_000, 1),
          on: 'link',
          from: 'replica-1',
          to: 'master',
          fault: silent,
          end: overrun,
        },
      ],
    });
    const { plan: smallest } = await shrinkPlan(plan, async ({ faults }) => faults.length > 0, {
      clock,
    });
    expect(smallest.faults).toEqual([
      { ...cutAt(5_000, 100), atMs: 500, end: { after: 'time', ms: 100 } },
    ]);
    expect(smallest.chaosMs).toBe(1_600);
  });

  test('what began after the violation is left out in the first run', async () => {
    const plan = smallPlan({ faults: [cutAt(1_000, 500), cutAt(9_000, 500), cutAt(15_000, 500)] });
    const steps: ShrinkStep[] = [];
    await shrinkPlan(plan, async ({ faults }) => faults.some(({ id }) => id === 'cut-9000'), {
      clock,
      violationAtMs: 9_400.5,
      onStep: (step) => steps.push(step),
    });
    expect(steps[0]).toMatchObject({ runs: 2, plan: { chaosMs: 10_401 } });
    expect(steps[0]?.plan.faults.map(({ id }) => id)).toEqual(['cut-1000', 'cut-9000']);
  });
});

describe('budgets', () => {
  const plan = hiding(7);

  test('no run begins when they are used up, beyond those that confirm', async () => {
    const {
      runs,
      ended,
      plan: smallest,
    } = await shrinkPlan(plan, async (one) => hasKind(one, 'kill'), {
      clock,
      maxRuns: 9,
      confirm: () => 2,
    });
    expect({ runs, ended }).toEqual({ runs: 11, ended: 'budget' });
    expect(hasKind(smallest, 'kill')).toBe(true);
    expect(smallest.faults.length).toBeLessThan(plan.faults.length);
  });

  test('of the time three quarters are for smaller plans', async () => {
    let atMs = 0;
    const { runs, ended } = await shrinkPlan(
      plan,
      async (one) => {
        atMs += 1_000;
        return hasKind(one, 'kill');
      },
      { clock: () => atMs, budgetMs: 4_000, confirm: () => 0 },
    );
    expect({ runs, ended }).toEqual({ runs: 3, ended: 'budget' });
  });
});

describe('failures by chance', () => {
  test('a plan that does not fail again is given back, and that is said', async () => {
    const plan = smallPlan({ faults: [cutAt(1_000, 500)] });
    expect(await shrinkPlan(plan, async () => false, { clock, tries: () => 4 })).toEqual({
      plan,
      steps: [],
      runs: 4,
      ended: 'not-reproduced',
      confirmed: { failed: 0, of: 4 },
    });
  });

  test('with tries enough, one that fails every third time becomes as small', async () => {
    let run = 0;
    const { plan, confirmed } = await shrinkPlan(
      hiding(11),
      async (one) => {
        run += 1;
        return run % 3 === 0 && cutsWhileDown(one, 'replica-1', 'master', 'replica-3');
      },
      { clock, tries: () => 3, confirm: () => 9 },
    );
    expect(plan.faults).toHaveLength(2);
    expect(confirmed).toEqual({ failed: 3, of: 9 });
  });

  test('a smallest plan that never fails again gives way to the one before', async () => {
    const two = smallPlan({ faults: [cutAt(1_000, 500), killAt(5_000, 500)] });
    const failedOnce = new Set<string>();
    const { plan, confirmed } = await shrinkPlan(
      two,
      async (one) => {
        if (hasKind(one, 'kill')) return true;
        const key = JSON.stringify(one);
        const isFirst = !failedOnce.has(key);
        failedOnce.add(key);
        return isFirst;
      },
      { clock, confirm: () => 2 },
    );
    expect(hasKind(plan, 'kill')).toBe(true);
    expect(confirmed).toEqual({ failed: 2, of: 2 });
  });

  test('one that always fails is preferred to a smaller one that does at times', async () => {
    const plan = smallPlan({ faults: [cutAt(1_000, 500), killAt(5_000, 500)] });
    let run = 0;
    const shrunk = await shrinkPlan(
      plan,
      async (one) => {
        run += 1;
        return hasKind(one, 'kill') && (hasKind(one, 'cut') || run % 2 === 0);
      },
      { clock, tries: () => 2, confirm: () => 4 },
    );
    expect(shrunk.steps.at(-1)?.plan.faults).toHaveLength(1);
    expect(shrunk.plan.faults).toHaveLength(2);
    expect(shrunk.confirmed).toEqual({ failed: 4, of: 4 });
  });
  test('a workload is not made so small that the plan fails at times only', async () => {
    let run = 0;
    const shrunk = await shrinkPlan(
      smallPlan({ faults: [killAt(1_000, 500)] }),
      async (one) => {
        run += 1;
        return hasKind(one, 'kill') && (one.workload.keys > 1 || run % 2 === 0);
      },
      { clock, tries: () => 2 },
    );
    expect(shrunk.plan.workload).toMatchObject({ writers: 1, keys: 2 });
    expect(shrunk.confirmed).toEqual({ failed: 3, of: 3 });
  });
  test('what a run throws is passed on', async () => {
    const thrown = new Error('the machine is on fire');
    await expect(shrinkPlan(smallPlan(), () => Promise.reject(thrown), { clock })).rejects.toBe(
      thrown,
    );
  });
});

test('nonsense is refused', async () => {
  const fails = async () => true;
  await expect(shrinkPlan(smallPlan(), fails, { clock, tries: () => 0 })).rejects.toThrow(
    'misuse: shrinking: tries is 0, expected a whole number of at least 1',
  );
  await expect(shrinkPlan(smallPlan(), fails, { clock, confirm: () => 0.5 })).rejects.toThrow(
    'confirm is 0.5',
  );
});
