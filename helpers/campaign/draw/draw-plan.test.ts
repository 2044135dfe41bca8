import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChaosError } from '../../errors.ts';
import { planOf } from '../plan-file.ts';
import { RARE_STATES } from '../record.ts';
import { drawPlan } from './draw-plan.ts';
import { FAULT_KINDS } from './kinds.ts';
import { parsePins } from './parse-pins.ts';
import { objections } from './rules.ts';
import { isLossy, STORIES } from './stories.ts';

const LIMITS = { chaosMs: 40_000 };
const many = Array.from({ length: 500 }, (_, seed) => drawPlan(seed, {}, LIMITS));
const faults = many.flatMap((plan) => plan.faults);

test('a seed stands for the same plan on every machine', () => {
  const digest = createHash('sha256').update(JSON.stringify(many)).digest('hex');
  expect(digest).toBe('355a1bfb055445113e7c2e38ab97f070d3551dfd3c2350c2cb29e8196b3155f4');
  expect(drawPlan(1, {}, LIMITS).faults[2]).toEqual({
    id: 'f3',
    atMs: 7_278,
    on: 'node',
    node: 'replica-2',
    fault: { kind: 'kill' },
    end: { after: 'time', ms: 5_851 },
  });
});

test('every plan can be run, is sane, and is within its sizes', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2_000, max: 120_000 }), (seed, chaosMs) => {
      const plan = drawPlan(seed, {}, { chaosMs });
      expect(planOf(plan, 'drawn')).toEqual(plan);
      expect(objections(plan)).toEqual([]);
      expect(plan.chaosMs).toBe(chaosMs);
      expect(plan.topology.nodes.length).toBeGreaterThanOrEqual(2);
      expect(plan.topology.nodes.length).toBeLessThanOrEqual(plan.topology.sentinels > 0 ? 4 : 6);
      expect(plan.workload.writesPerSecond).toBeGreaterThanOrEqual(50);
      expect(plan.workload.writesPerSecond).toBeLessThanOrEqual(800);
      expect(plan.faults.length).toBeLessThanOrEqual(25);
    }),
    { numRuns: 500 },
  );
});

describe('over many seeds, everything is drawn', () => {
  test('all kinds of faults, conditions, and 4 to 25 faults each', () => {
    expect(new Set(faults.map(({ fault }) => fault.kind))).toEqual(new Set(FAULT_KINDS));
    const conditions = faults.flatMap(({ end }) =>
      end.after === 'condition' ? [end.condition] : [],
    );
    expect(new Set(conditions).size).toBe(4);
    const counts = many.map((plan) => plan.faults.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([4, 25]);
  });

  test('topologies to depth four with six nodes, and Sentinels', () => {
    expect(new Set(many.map(({ topology }) => topology.nodes.length))).toEqual(
      new Set([2, 3, 4, 5, 6]),
    );
    expect(new Set(many.map(({ topology }) => topology.sentinels))).toEqual(new Set([0, 3, 5]));
    const depths = many.map(({ topology }) => {
      const depth = (name: string | undefined): number =>
        name === undefined
          ? -1
          : 1 + depth(topology.nodes.find((node) => node.name === name)?.replicaOf);
      return Math.max(...topology.nodes.map(({ name }) => depth(name)));
    });
    expect(new Set(depths)).toEqual(new Set([1, 2, 3, 4]));
    for (const { topology } of many.filter((plan) => plan.topology.sentinels > 0)) {
      expect(new Set(topology.nodes.slice(1).map(({ replicaOf }) => replicaOf))).toEqual(
        new Set(['master']),
      );
    }
  });

  test('values of 5 MB, seldom', () => {
    const large = many.filter(({ workload }) => workload.valueBytesMax === 5 * 1_024 ** 2);
    expect(large.length).toBeGreaterThan(5);
    expect(large.length).toBeLessThan(100);
  });

  test('faults that lose what was acknowledged, seldom', () => {
    const kills = many.flatMap((plan) =>
      plan.faults.flatMap((fault) =>
        fault.on === 'node' && fault.node === 'master' && fault.fault.kind === 'kill'
          ? [isLossy(plan, fault)]
          : [],
      ),
    );
    const lossy = kills.filter(Boolean).length;
    expect(lossy).toBeGreaterThan(0);
    expect(lossy / kills.length).toBeLessThan(0.3);
  });

  test('stories lead to all that is rare', () => {
    expect(new Set(STORIES.flatMap(({ leadsTo }) => leadsTo))).toEqual(
      // Moves are drawn before all stories.
      new Set(
        RARE_STATES.filter((state) => state !== 'replica switched masters by partial resync'),
      ),
    );
  });
});

describe('pins', () => {
  test('a pin changes nothing that does not depend on it', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const free = drawPlan(seed, {}, LIMITS);
      const pinned = drawPlan(
        seed,
        { readsPerSecond: 33, config: { 'repl-backlog-ttl': '9' } },
        LIMITS,
      );
      expect(pinned.faults).toEqual(free.faults);
      expect({ ...pinned.workload, readsPerSecond: 0 }).toEqual({
        ...free.workload,
        readsPerSecond: 0,
      });
      for (const { config } of pinned.topology.nodes) expect(config['repl-backlog-ttl']).toBe('9');
    }
  });

  /** Values of each flag, of which a few are pinned. */
  const VALUES: Readonly<Record<string, readonly string[]>> = {
    nodes: ['2', '3', '6'],
    depth: ['1', '2', '4'],
    sentinels: ['0', '3', '5'],
    chaos: ['5s', '90s'],
    faults: ['cut', 'move', 'hold,slices', 'kill,stop,pause', 'limit-data,latency,bandwidth'],
    'fault-count': ['0', '1', '10'],
    writers: ['1', '20'],
    readers: ['0', '3'],
    'writes-per-second': ['1', '300'],
    'write-kinds': ['append', 'register,pair', 'other'],
    keys: ['1', '500'],
    'value-bytes': ['1', '1mb', '5mb'],
    databases: ['16'],
    persistence: ['none', 'rdb', 'aof'],
    backlog: ['16kb', '4mb'],
    diskless: ['yes', 'no'],
    'output-limit': ['256kb', '8mb', '64mb'],
    'repl-timeout': ['2', '60'],
    'ping-period': ['1', '10', '30'],
    'min-replicas': ['0', '1', '3'],
    'rdb-key-delay': ['0', '50'],
  };

  test('whatever is pinned together is had, or refused as misuse', () => {
    let [had, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc.integer(),
        fc
          .subarray(Object.keys(VALUES), { maxLength: 5 })
          .chain((flags) =>
            fc.tuple(
              ...flags.map((flag) =>
                fc
                  .constantFrom(...(VALUES[flag] ?? []))
                  .map((value) => [`--${flag}`, value] as const),
              ),
            ),
          ),
        (seed, args) => {
          try {
            const pins = parsePins(args.flat());
            const plan = drawPlan(seed, pins, LIMITS);
            had += 1;
            expect(planOf(plan, 'drawn')).toEqual(plan);
            expect(objections(plan)).toEqual([]);
            const { nodes, sentinels } = plan.topology;
            expect(nodes.length).toBe(pins.nodes ?? nodes.length);
            expect(sentinels).toBe(pins.sentinels ?? sentinels);
            expect(plan.faults.length).toBeLessThanOrEqual(pins.faultCount ?? plan.faults.length);
            expect(plan.workload.writesPerSecond).toBe(
              pins.writesPerSecond ?? plan.workload.writesPerSecond,
            );
            for (const { config } of nodes) expect(config).toMatchObject(pins.config ?? {});
            for (const { fault } of plan.faults)
              expect(pins.faults ?? FAULT_KINDS).toContain(fault.kind);
          } catch (thrown) {
            if (!(thrown instanceof ChaosError)) throw thrown;
            expect(thrown.verdict).toBe('misuse');
            refused += 1;
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(had).toBeGreaterThan(4 * refused);
  });

  test('what makes a plan fail by itself is refused with the reason', () => {
    expect(() =>
      drawPlan(1, { writesPerSecond: 2_000, valueBytesMax: 16 * 1_024 ** 2 }, LIMITS),
    ).toThrow(
      /^misuse: seed 1 with what is pinned makes a plan that would fail by itself: \d+ bytes are written each second/,
    );
  });
});
