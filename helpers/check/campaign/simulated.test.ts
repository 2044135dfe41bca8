import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../property-seed.ts';
import type { Finding, Operation, RunRecord } from '../../campaign/record.ts';
import { judge } from './judge.ts';
import { STEPS, simulated } from './testing/simulated.ts';

const wrong = (record: RunRecord): readonly Finding[] =>
  judge(record).findings.filter(({ verdict }) => verdict !== 'inconclusive');

test('a run that keeps every promise is never objected to', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      expect(wrong(simulated(steps))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

type Change = (operation: Operation) => Operation | undefined;

/** The record with the first operation changed that the change is for. Undefined if there is none. */
function changed(record: RunRecord, change: Change): RunRecord | undefined {
  for (const [at, operation] of record.operations.entries()) {
    const other = change(operation);
    if (other !== undefined) return { ...record, operations: record.operations.with(at, other) };
  }
  return undefined;
}

/** The record with something else left on the nodes of these names. */
function leaving(
  record: RunRecord,
  names: readonly string[],
  change: (node: NonNullable<RunRecord['final']>['nodes'][number]) => object | undefined,
): RunRecord | undefined {
  const { final } = record;
  if (final === undefined) return undefined;
  const nodes = final.nodes.map((node) =>
    names.includes(node.name) ? { ...node, ...change(node) } : node,
  );
  return nodes.every((node, at) => JSON.stringify(node) === JSON.stringify(final.nodes[at]))
    ? undefined
    : { ...record, final: { ...final, nodes } };
}

const BOTH = ['master', 'replica'];
const isOk = (record: RunRecord, id: string | undefined): boolean =>
  record.operations.some(
    ({ kind, value, outcome }) => kind === 'append' && value === id && outcome === 'ok',
  );

/** What a defect would leave in a record, and the checker that sees it. Nothing where the record has no place for it. */
const DEFECTS: Readonly<
  Record<string, readonly [checker: string, seed: (record: RunRecord) => RunRecord | undefined]>
> = {
  'an acknowledged write is gone': [
    'acknowledged writes',
    (record) =>
      leaving(record, BOTH, ({ lists }) => {
        const [name, ids = []] = Object.entries(lists).find(([, [id]]) => isOk(record, id)) ?? [];
        return name === undefined ? undefined : { lists: { ...lists, [name]: ids.slice(1) } };
      }),
  ],
  'a write is applied twice': [
    'prefix order',
    (record) =>
      leaving(record, BOTH, ({ lists }) => {
        const [name, ids = []] = Object.entries(lists)[0] ?? [];
        return name === undefined
          ? undefined
          : { lists: { ...lists, [name]: [...ids, ...ids.slice(-1)] } };
      }),
  ],
  'a replica has other data': [
    'convergence',
    (record) =>
      leaving(record, ['replica'], ({ registers }) => {
        const [name] = Object.keys(registers).filter((one) => one.includes('register'));
        return name === undefined
          ? undefined
          : {
              registers: Object.fromEntries(
                Object.entries(registers).filter(([one]) => one !== name),
              ),
            };
      }),
  ],
  'an increment is applied twice': [
    'counters',
    (record) =>
      leaving(record, BOTH, ({ counters }) =>
        Object.keys(counters).length === 0 ? undefined : { counters: { '0/counter': 1_000 } },
      ),
  ],
  'half a transaction is seen': [
    'atomic pairs',
    (record) =>
      changed(record, (one) =>
        one.kind === 'read-pair' && Array.isArray(one.value) && one.value[0] !== null
          ? { ...one, value: [one.value[0] as string, null] }
          : undefined,
      ),
  ],
  'bytes are mixed up': [
    'written values',
    (record) =>
      changed(record, (one) =>
        one.kind === 'read' && one.value !== null ? { ...one, value: '100000' } : undefined,
      ),
  ],
  'an element is missing in the middle': [
    'prefix order',
    (record) =>
      changed(record, (one) =>
        one.kind === 'read-list' && Array.isArray(one.value) && isOk(record, one.value[1] as string)
          ? { ...one, value: ['0', one.value[1] as string] }
          : undefined,
      ),
  ],
  'a master forgets': [
    'read your writes',
    (record) => {
      const written = record.operations.find(
        ({ kind, outcome }) => kind === 'register' && outcome === 'ok',
      );
      const after = record.operations.find(
        ({ kind, key, node, invokedAtMs }) =>
          kind === 'read' &&
          key === written?.key &&
          node === 'master' &&
          invokedAtMs > (written.completedAtMs ?? Infinity),
      );
      const isRemoved = record.operations.some(
        ({ kind, key, outcome }) =>
          kind === 'remove' && key === written?.key && outcome !== 'failed',
      );
      if (after === undefined || isRemoved) return undefined;
      return changed(record, (one) => (one === after ? { ...one, value: null } : undefined));
    },
  ],
};

describe('what is broken is found, by the checker that it is for', () => {
  test.for(Object.entries(DEFECTS))('%s', ([, [checker, seed]]) => {
    let seeded = 0;
    fc.assert(
      fc.property(STEPS, (steps) => {
        const broken = seed(simulated(steps.filter((step) => step.do !== 'kill')));
        fc.pre(broken !== undefined);
        seeded += 1;
        expect(wrong(broken).map((finding) => finding.checker)).toContain(checker);
      }),
      { numRuns: 50, maxSkipsPerRun: 100 },
    );
    expect(seeded).toBeGreaterThan(40);
  });
});
