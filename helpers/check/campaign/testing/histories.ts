import fc from 'fast-check';
import type { Operation, RunRecord } from '../../../campaign/record.ts';
import { event, operation, recordOf, resync, sample } from './records.ts';

const NODES = [
  { name: 'master', config: {} },
  { name: 'middle', replicaOf: 'master', config: {} },
  { name: 'replica', replicaOf: 'middle', config: {} },
];
const INSTANT = fc.nat({ max: 9_000 });

const WRITE = fc.record({
  kind: fc.constantFrom('append', 'append', 'register', 'remove', 'expiring'),
  node: fc.constantFrom('master', 'master', 'replica'),
  atMs: INSTANT,
  forMs: fc.constantFrom(0, 3, 100, 1_000),
  ttlMs: fc.constantFrom(5, 300, 2_000),
  outcome: fc.constantFrom('ok', 'ok', 'ok', 'unknown', 'failed'),
  isHeardOf: fc.boolean(),
});

const READ = fc.record({
  kind: fc.constantFrom('read', 'read', 'read', 'read-list'),
  node: fc.constantFrom('master', 'replica'),
  atMs: INSTANT,
  forMs: fc.constantFrom(0, 3, 100, 1_000),
  /** Which write of those that there are. */
  of: fc.nat({ max: 15 }),
  isMissing: fc.boolean(),
  length: fc.nat({ max: 8 }),
});

/**
 * What clients of one list and one key may have heard from servers that keep no promise, so that much is wrong with it. A
 * master that keeps nothing may be killed, and a replica given older data.
 */
export const HISTORIES: fc.Arbitrary<RunRecord> = fc
  .record({
    writes: fc.array(WRITE, { minLength: 1, maxLength: 12, size: 'max' }),
    reads: fc.array(READ, { maxLength: 16, size: 'max' }),
    killedMs: fc.oneof(fc.constant<number[]>([]), fc.array(INSTANT, { maxLength: 2 })),
    rewoundMs: fc.oneof(fc.constant<number[]>([]), fc.array(INSTANT, { maxLength: 1 })),
  })
  .map(({ writes, reads, killedMs, rewoundMs }) =>
    recordOf({
      nodes: NODES,
      operations: [
        ...writes.map(({ kind, node, atMs, forMs, ttlMs, outcome, isHeardOf }, at): Operation => {
          const key = kind === 'append' ? 'list' : 'key';
          const { completedAtMs, ...asked } = operation(kind, key, `${at}`, [atMs, atMs + forMs], {
            node,
            outcome,
            ...(kind === 'expiring' && { ttlMs }),
          });
          return {
            ...asked,
            ...((isHeardOf || outcome === 'ok') && { completedAtMs }),
          } as Operation;
        }),
        ...reads.map(({ kind, node, atMs, forMs, of, isMissing, length }) => {
          const isList = kind === 'read-list';
          const ids = [...writes.keys()].filter((at) => (writes[at]?.kind === 'append') === isList);
          const id = `${ids[of % ids.length]}`;
          const value = isList ? [`${length}`, id] : isMissing ? null : id;
          const key = isList ? 'list' : 'key';
          return operation(kind, key, value, [atMs, atMs + forMs], { node });
        }),
      ],
      events: killedMs
        .toSorted((a, b) => a - b)
        .map((atMs) => event(atMs, { what: 'ended', node: 'master' })),
      resyncs: rewoundMs.map((atMs) => resync('full', atMs, { upstream: 'middle' })),
      samples: rewoundMs.map((atMs) => sample('replica', atMs + 2_500, { link: 'up' })),
    }),
  );
