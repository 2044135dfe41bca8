import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawPlan } from './draw/draw-plan.ts';
import { cutAt, moveAt, smallPlan } from './draw/testing.ts';
import type { Plan } from './plan.ts';
import { planOf, readPlan } from './plan-file.ts';

const plan = smallPlan({ faults: [cutAt(1_000, 500), moveAt(2_000, 'replica-3', 'replica-2')] });

/** The plan as JSON, with something else at a path. Undefined takes it away. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const document = JSON.parse(JSON.stringify(plan)) as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  let at: Record<string | number, unknown> = document;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string | number, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(document);
}

test('a plan is read as it was written', () => {
  expect(readPlan(JSON.stringify(plan), 'a.json')).toEqual(plan);
});

test('every drawn plan is one', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const drawn = drawPlan(seed, {}, { chaosMs: 30_000 });
      expect(readPlan(JSON.stringify(drawn), 'drawn')).toEqual(drawn);
    }),
    { numRuns: 300 },
  );
});

describe('what is wrong is said with its place', () => {
  test.for<[path: (string | number)[], value: unknown, says: string]>([
    [['faults', 0, 'fault', 'kind'], 'explode', 'faults[0].fault.kind: expected one of cut, reset'],
    [
      ['faults', 0, 'fault', 'direction'],
      'up',
      'faults[0].fault.direction: there is no such field',
    ],
    [
      ['faults', 0, 'from'],
      'replica-9',
      'faults[0].from: expected one of client, master, replica-1',
    ],
    [['faults', 0, 'from'], 'sentinel-1', 'faults[0].from: expected one of client, master'],
    [['faults', 0, 'to'], 'replica-1', 'faults[0].to: expected another than from, got "replica-1"'],
    [['faults', 0, 'atMs'], -1, 'faults[0].atMs: expected a whole number of at least 0, got -1'],
    [['faults', 0, 'atMs'], 20_000, 'faults[0].atMs: expected less than chaosMs, 20000, got 20000'],
    [
      ['faults', 0, 'end', 'ms'],
      -5,
      'faults[0].end.ms: expected a whole number from 0 to 604800000, got -5',
    ],
    [
      ['faults', 0, 'end', 'ms'],
      undefined,
      'faults[0].end.ms: expected a whole number from 0 to 604800000, and there is none',
    ],
    [
      ['faults', 0, 'end', 'after'],
      'never',
      'faults[0].end.after: expected one of time, condition, got "never"',
    ],
    [
      ['faults', 0, 'end'],
      { after: 'condition', condition: 'dawn', withinMs: 1 },
      'faults[0].end.condition: expected one of backlog-overrun',
    ],
    [
      ['faults', 0, 'id'],
      'move-2000',
      'faults[1].id: expected an id that no other fault has, got "move-2000"',
    ],
    [['faults', 0, 'on'], 'moon', 'faults[0].on: expected one of link, node, got "moon"'],
    [['faults', 0], null, 'faults[0]: expected an object, got null'],
    [['faults'], {}, 'faults: expected a list, got {}'],
    [
      ['faults', 1, 'fault', 'to'],
      'replica-3',
      'faults[1].fault.to: expected a node that is not replica-3, nor below it at that time',
    ],
    [
      ['faults', 1, 'node'],
      'master',
      'faults[1].node: expected a replica, not the master, got "master"',
    ],
    [
      ['topology', 'sentinels'],
      3,
      'faults[1].fault.kind: expected no move beside Sentinels'.replace('expected ', ''),
    ],
    [['topology', 'sentinels'], 2, 'topology.sentinels: expected one of 0, 3, 5, got 2'],
    [
      ['topology', 'nodes', 1, 'replicaOf'],
      'replica-3',
      'topology.nodes[1].replicaOf: expected a node that stands before its replicas: else upstreams go in a circle, got "replica-3"',
    ],
    [
      ['topology', 'nodes', 1, 'replicaOf'],
      'nobody',
      'topology.nodes[1].replicaOf: expected a node: there are master, replica-1',
    ],
    [
      ['topology', 'nodes', 1, 'replicaOf'],
      undefined,
      'topology.nodes[1].replicaOf: every node but the first has one',
    ],
    [
      ['topology', 'nodes', 0, 'replicaOf'],
      'replica-1',
      'topology.nodes[0].replicaOf: the first node is the master',
    ],
    [
      ['topology', 'nodes', 1, 'name'],
      'master',
      'topology.nodes[1].name: expected a name that nobody else has',
    ],
    [
      ['topology', 'nodes', 1, 'name'],
      '../up',
      'topology.nodes[1].name: expected letters, digits, - and _',
    ],
    [
      ['topology', 'nodes', 1, 'name'],
      'client',
      'topology.nodes[1].name: expected a name that nobody else has',
    ],
    [
      ['topology', 'nodes', 1, 'config', 'save'],
      3,
      'topology.nodes[1].config.save: expected a text, got 3',
    ],
    [['topology', 'nodes'], [], 'topology.nodes: expected a master, and there is none'],
    [
      ['workload', 'mix', 'append'],
      -1,
      'workload.mix.append: expected a whole number of at least 0, got -1',
    ],
    [
      ['workload', 'mix', 'appendix'],
      1,
      'workload.mix.appendix: there is no such field; accepted are append, register',
    ],
    [['workload', 'skew'], 'some', 'workload.skew: expected a number of at least 0, got "some"'],
    [
      ['workload', 'databases'],
      17,
      'workload.databases: expected a whole number from 1 to 16, got 17',
    ],
    [['chaosMs'], 1.5, 'chaosMs: expected a whole number from 1 to 604800000, got 1.5'],
    [['chaosMs'], 1e10, 'chaosMs: expected a whole number from 1 to 604800000, got 10000000000'],
    [['format'], 2, 'a.json is a plan of format 2; this version reads format 1'],
    [['format'], 'x', 'format: expected one of 1, got "x"'],
    [['surprise'], 1, 'surprise: there is no such field'],
  ])('%j = %j', ([path, value, says]) => {
    expect(() => readPlan(changed(path, value), 'a.json')).toThrow(says);
  });

  test('a jitter that is not below its latency', () => {
    const late = { kind: 'latency', direction: 'upstream', latencyMs: 5, jitterMs: 5 };
    expect(() => readPlan(changed(['faults', 0, 'fault'], late), 'a.json')).toThrow(
      'faults[0].fault.jitterMs: expected less than latencyMs, 5, got 5',
    );
  });

  test('a mix of nothing', () => {
    const none = Object.fromEntries(Object.keys(plan.workload.mix).map((kind) => [kind, 0]));
    expect(() => readPlan(changed(['workload', 'mix'], none), 'a.json')).toThrow(
      'workload.mix: expected a kind of write above 0',
    );
  });

  test.for([
    ['', 'a.json is no JSON: '],
    ['{"format": 1, ', 'a.json is no JSON: '],
    ['\u001f\ufffd\b', 'a.json is no JSON, but compressed: unpack it first, as gunzip does'],
    ['\u001b[31m\n"', 'a.json is no JSON: Unexpected token \'\\x1b\', "\\x1b[31m "" is not valid'],
    ['[]', 'a.json is no plan: the document: expected an object, got []'],
    ['null', 'a.json is no plan: the document: expected an object, got null'],
    ['{}', 'a.json is no plan: format: expected one of 1, and there is none'],
  ] as const)('%j', ([text, says]) => {
    expect(() => readPlan(text, 'a.json')).toThrow(`misuse: ${says}`);
  });
});

test('a node below another may take its place once that has moved away', () => {
  const swapped: Plan = smallPlan({
    faults: [moveAt(1_000, 'replica-3', 'master'), moveAt(2_000, 'replica-1', 'replica-3')],
  });
  expect(planOf(swapped, 'swap')).toEqual(swapped);
  const tooSoon = { ...swapped, faults: swapped.faults.slice(1) };
  expect(() => planOf(tooSoon, 'swap')).toThrow('faults[0].fault.to: expected a node that is not');
});
