import fc from 'fast-check';
import type { Operation, RunEvent, RunRecord } from '../../../campaign/record.ts';
import { event, finalOf, operation, recordOf, resync, sample } from './records.ts';

/** One thing after the other that clients, replication or the killer do. */
const STEP = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('append', 'register', 'remove', 'expiring', 'count', 'pair'),
      writer: fc.integer({ min: 1, max: 2 }),
      ttlMs: fc.constantFrom(40, 400, 100_000),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'unknown', 'failed'),
      /** Of those that are unknown: when it comes into effect, after so many other steps. 0: never. */
      late: fc.nat({ max: 8 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('read', 'read-pair', 'read-list', 'read-expiring'),
      node: fc.constantFrom('master', 'replica'),
      writer: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('replicate'), entries: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill'), lost: fc.nat({ max: 6 }) }) },
) satisfies fc.Arbitrary<{ readonly do: string }>;

type Step = typeof STEP extends fc.Arbitrary<infer One> ? One : never;
type WriteStep = Extract<Step, { writer: number; outcome: unknown }>;
type ReadStep = Extract<Step, { node: string }>;

export const STEPS: fc.Arbitrary<readonly Step[]> = fc.array(STEP, {
  minLength: 20,
  maxLength: 120,
});

/** A write in the history of the master. */
interface Entry {
  readonly write: Operation;
  readonly atMs: number;
}

const STEP_MS = 10;

/** What a node holds that has applied these. */
function dataOf(entries: readonly Entry[], nowMs: number) {
  const lists: Record<string, string[]> = {};
  const registers: Record<string, string> = {};
  const counters: Record<string, number> = {};
  const endsMs = new Map<string, number>();
  for (const { write, atMs } of entries) {
    const name = `0/${write.key}`;
    const version = String(write.value);
    if (write.kind === 'append') lists[name] = [...(lists[name] ?? []), version];
    else if (write.kind === 'count') counters[name] = (counters[name] ?? 0) + 1;
    else if (write.kind === 'remove') delete registers[name];
    else registers[name] = version;
    if (write.kind === 'pair') registers[`${name.slice(0, -1)}b`] = version;
    if (write.ttlMs !== undefined) endsMs.set(name, atMs + write.ttlMs);
  }
  for (const [name, endMs] of endsMs) if (endMs <= nowMs) delete registers[name];
  return { lists, registers, counters };
}

/** A run of a master and a replica that keep every promise: it is killed now and then, and comes back with what it had saved. */
export function simulated(steps: readonly Step[]): RunRecord {
  let log: Entry[] = [];
  /** How much of the log the replica has applied. */
  let applied = 0;
  let held: { readonly write: Operation; readonly step: number }[] = [];
  const operations: Operation[] = [];
  const events: RunEvent[] = [];
  let atMs = 1_000;
  let versions = 0;
  let connection = 1;
  const span = () => [atMs, atMs + STEP_MS - 2] as const;

  const write = ({ do: kind, writer, ttlMs, outcome, late }: WriteStep, step: number): void => {
    versions += 1;
    const key =
      {
        count: 'counter',
        pair: `pair:${writer}:a`,
        append: `list:${writer}`,
        expiring: `expiring:${writer}`,
      }[kind as 'count'] ?? `register:${writer}`;
    const isCounted = kind === 'count';
    const before = dataOf(log, atMs).counters['0/counter'] ?? 0;
    const value =
      kind === 'remove' || (isCounted && outcome !== 'ok')
        ? undefined
        : isCounted
          ? before + 1
          : String(versions);
    const done = operation(kind as Operation['kind'], key, value, span(), {
      client: `writer-${writer}`,
      outcome,
      ...(kind === 'expiring' && { ttlMs }),
    });
    operations.push(done);
    if (outcome === 'ok') log.push({ write: done, atMs: atMs + 4 });
    if (outcome === 'unknown' && late > 0) held.push({ write: done, step: step + late });
  };
  const read = ({ do: kind, node, writer }: ReadStep): void => {
    const { lists, registers } = dataOf(node === 'master' ? log : log.slice(0, applied), atMs + 4);
    const more = { node, client: `reader-${node}`, connection };
    if (kind === 'read-list') {
      const ids = lists[`0/list:${writer}`] ?? [];
      operations.push(
        operation(kind, `list:${writer}`, [String(ids.length), ids.at(-1) ?? null], span(), more),
      );
    } else if (kind === 'read-pair') {
      const [one = null, other = null] = ['a', 'b'].map(
        (side) => registers[`0/pair:${writer}:${side}`],
      );
      operations.push(operation(kind, `pair:${writer}:a`, [one, other], span(), more));
    } else {
      const key = `${kind === 'read' ? 'register' : 'expiring'}:${writer}`;
      operations.push(operation('read', key, registers[`0/${key}`] ?? null, span(), more));
    }
  };

  for (const [at, step] of steps.entries()) {
    for (const due of held.filter((one) => one.step <= at)) log.push({ write: due.write, atMs });
    held = held.filter((one) => one.step > at);
    if ('outcome' in step) write(step, at);
    else if ('node' in step) read(step);
    else if ('entries' in step) applied = Math.min(log.length, applied + step.entries);
    else {
      log = log.slice(0, Math.max(0, log.length - step.lost));
      applied = Math.min(applied, log.length);
      connection += 1;
      events.push(
        event(atMs, { what: 'fault', fault: `k${at}` }),
        event(atMs, { what: 'ended', node: 'master' }),
        event(atMs + 5, { what: 'started', node: 'master' }),
        event(atMs + 5, { what: 'heal', fault: `k${at}` }),
      );
    }
    atMs += STEP_MS;
  }
  atMs += 20_000;
  return recordOf({
    operations,
    events,
    faults: steps.flatMap((step, at) =>
      step.do === 'kill'
        ? [
            {
              id: `k${at}`,
              on: 'node',
              node: 'master',
              fault: { kind: 'kill' },
              atMs: 0,
              end: { after: 'time', ms: 5 },
            } as const,
          ]
        : [],
    ),
    samples: [sample('replica', 1, { offset: 1 }), sample('replica', 2, { offset: 2 })],
    resyncs: events.length > 0 ? [resync('full', atMs)] : [],
    final: finalOf(undefined, dataOf(log, atMs), { atMs }),
  });
}
