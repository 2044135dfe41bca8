import { describe, expect, test } from 'vitest';
import type { RareState } from '../../../campaign/record.ts';
import {
  cutOf,
  event,
  finalOf,
  inForce,
  nodeFault,
  onReplica,
  operation,
  recordOf,
  resync,
  sample,
  type Told,
  unknown,
} from '../testing/records.ts';
import { rareStatesOf } from './rare-states.ts';

const backlog = (atMs: number, firstByteOffset: number, offset: number) =>
  sample('master', atMs, {
    role: 'master',
    replid: 'one',
    offset,
    backlog: { firstByteOffset, histlenBytes: offset + 1 - firstByteOffset },
  });
const partial = resync('partial', 5_000, { backlogBytes: 500 });
const full = resync('full', 5_000);
const cut = cutOf('f1', 'replica', 'master', 5_100);
const again = cutOf('f2', 'master', 'replica', 5_500);
const kill = nodeFault('f1', 'replica', 'kill', 5_500);
const pause = nodeFault('f1', 'master', 'pause', 5_500);
const promoted = event(5_500, { what: 'promoted', node: 'replica' });
const started = event(4_900, { what: 'started', node: 'replica' });
const isUp = { role: 'replica', link: 'up' } as const;
const done = sample('replica', 5_200, isUp);
const isMaster = sample('master', 4_000, { role: 'master' });
const isDown = (atMs: number) => sample('replica', atMs, { role: 'replica', link: 'down' });
const chain = [
  { name: 'master', config: {} },
  { name: 'replica', replicaOf: 'master', config: {} },
  { name: 'below', replicaOf: 'replica', config: {} },
];
const below = resync('full', 6_000, { upstream: 'replica', replica: 'below' });
const expiring = operation('expiring', 'e', '1', [1_000, 1_001], { ttlMs: 500 });
const get = (at: number) => operation('read', 'e', '1', [at, at + 1], onReplica);
const appended = operation('append', 'list', 'a', [10, 20], unknown);

/** What reaches a state once, and what comes near and does not reach it. */
const CASES: Readonly<
  Record<RareState, { readonly reached: Told; readonly missed: readonly Told[] }>
> = {
  'partial across a wrap of the backlog': {
    reached: { resyncs: [partial], samples: [backlog(1_000, 1, 100), backlog(4_000, 400, 900)] },
    missed: [
      { resyncs: [partial], samples: [backlog(1_000, 1, 100), backlog(4_000, 1, 900)] },
      { resyncs: [full], samples: [backlog(1_000, 1, 100), backlog(4_000, 400, 900)] },
    ],
  },
  'cut inside an RDB': {
    reached: {
      faults: [cut],
      events: inForce(cut),
      resyncs: [{ ...full, endedAtMs: 5_150, ending: 'other, in the transfer' }],
    },
    missed: [
      {
        faults: [cut],
        events: inForce(cut),
        resyncs: [{ ...full, endedAtMs: 5_150, ending: 'other, in the stream' }],
      },
      {
        faults: [cut],
        events: inForce(cut),
        resyncs: [
          { ...full, replica: 'another', endedAtMs: 5_150, ending: 'other, in the transfer' },
        ],
      },
      {
        faults: [cut],
        events: inForce(cut),
        resyncs: [{ ...full, endedAtMs: 9_000, ending: 'other, in the transfer' }],
      },
    ],
  },
  'promotion during a full resync': {
    reached: { events: [promoted], resyncs: [full], samples: [sample('replica', 5_800, isUp)] },
    missed: [
      { events: [promoted], resyncs: [full], samples: [done] },
      { events: [promoted], resyncs: [partial] },
    ],
  },
  'full resync after backlog overrun': {
    reached: { resyncs: [full] },
    missed: [{ resyncs: [partial] }, { resyncs: [{ ...full, reason: 'no-history' }] }],
  },
  'partial with the last byte of the backlog': {
    reached: { resyncs: [partial], samples: [backlog(5_100, 401, 900)] },
    missed: [
      { resyncs: [partial], samples: [backlog(5_100, 400, 900)] },
      { resyncs: [{ ...partial, backlogBytes: 0 }], samples: [backlog(5_100, 901, 900)] },
    ],
  },
  'sub-replica resynced after its upstream did': {
    reached: { nodes: chain, resyncs: [full, below] },
    missed: [
      { nodes: chain, resyncs: [below] },
      { nodes: chain, resyncs: [{ ...full, atMs: 7_000 }, below] },
      { nodes: chain, resyncs: [full, { ...below, atMs: 60_000 }] },
    ],
  },
  'two faults on one path': {
    reached: { faults: [cut, again], events: [...inForce(cut), ...inForce(again)] },
    missed: [
      { faults: [cut], events: inForce(cut) },
      { faults: [cut, kill], events: [...inForce(cut)] },
      {
        faults: [cut, { ...again, atMs: 8_000 }],
        events: [...inForce(cut), ...inForce({ ...again, atMs: 8_000 })],
      },
      { faults: [cut, { ...again, to: 'other' }], events: [...inForce(cut), ...inForce(again)] },
    ],
  },
  'replica killed while it loaded': {
    reached: {
      faults: [kill],
      events: inForce(kill),
      samples: [sample('replica', 5_400, { state: 'loading' })],
    },
    missed: [
      { faults: [kill], events: inForce(kill), samples: [sample('replica', 5_400)] },
      {
        faults: [kill],
        events: inForce(kill),
        samples: [sample('replica', 1_000, { state: 'loading' })],
      },
    ],
  },
  'master paused during a full resync': {
    reached: { faults: [pause], events: inForce(pause), resyncs: [full], samples: [isMaster] },
    missed: [
      { faults: [pause], events: inForce(pause), resyncs: [full], samples: [isMaster, done] },
      { faults: [pause], events: inForce(pause), resyncs: [partial], samples: [isMaster] },
      {
        faults: [{ ...pause, node: 'replica' }],
        events: inForce(pause),
        resyncs: [full],
        samples: [isMaster],
      },
    ],
  },
  'restart with a partial resync': {
    reached: { events: [started], resyncs: [partial] },
    missed: [
      { resyncs: [partial] },
      { events: [started], resyncs: [full, { ...partial, atMs: 6_000 }] },
      { events: [started, event(4_950, { what: 'ended', node: 'replica' })], resyncs: [partial] },
    ],
  },
  'replica switched masters by partial resync': {
    reached: { nodes: chain, resyncs: [{ ...partial, replica: 'below', upstream: 'master' }] },
    missed: [
      { nodes: chain, resyncs: [{ ...partial, replica: 'below', upstream: 'replica' }] },
      {
        nodes: chain,
        resyncs: [
          { ...full, replica: 'below', upstream: 'master' },
          { ...partial, atMs: 6_000, replica: 'below', upstream: 'master' },
        ],
      },
    ],
  },
  failover: {
    reached: { sentinels: 3, events: [promoted] },
    missed: [
      { events: [promoted] },
      { sentinels: 3, events: [event(1, { what: 'demoted', node: 'master' })] },
    ],
  },
  'expired on the master and still held by a replica': {
    reached: {
      operations: [expiring, get(1_200)],
      samples: [isDown(1_100), isDown(1_500), isDown(2_000)],
    },
    missed: [
      { operations: [expiring, get(1_200)], samples: [isDown(1_100), isDown(1_500)] },
      {
        operations: [expiring, get(1_200)],
        samples: [isDown(1_100), sample('replica', 1_300, isUp), isDown(2_000)],
      },
      { operations: [expiring, get(1_050)], samples: [isDown(1_100), isDown(2_000)] },
    ],
  },
  'unknown outcome that took effect': {
    reached: { operations: [appended], final: finalOf(undefined, { lists: { '0/list': ['a'] } }) },
    missed: [
      { operations: [appended] },
      {
        operations: [{ ...appended, outcome: 'ok' }],
        final: finalOf(undefined, { lists: { '0/list': ['a'] } }),
      },
    ],
  },
};

describe.each(Object.entries(CASES))('%s', (name, { reached, missed }) => {
  const state = name as RareState;

  test('is counted', () => {
    expect(rareStatesOf(recordOf(reached))[state]).toBe(1);
  });

  test('is not counted where it only looks like it', () => {
    expect(missed.map((told) => rareStatesOf(recordOf(told))[state])).toEqual(missed.map(() => 0));
  });
});

test('a version of unknown outcome that was read took effect', () => {
  const write = operation('register', 'r', '1', [10, 20], unknown);
  const read = operation('read', 'r', '1', [30, 31]);

  expect(
    rareStatesOf(recordOf({ operations: [write, read] }))['unknown outcome that took effect'],
  ).toBe(1);
});
