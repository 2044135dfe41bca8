import { describe } from 'vitest';
import { monotonicReads } from './monotonic-reads.ts';
import {
  event,
  nodeFault,
  onReplica,
  operation,
  resync,
  sample,
  unknown,
} from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const set = (version: string, at: number, more = {}) =>
  operation('register', 'r', version, [at, at + 5], more);
const get = (version: string | null, at: number, more: object = onReplica) =>
  operation('read', 'r', version, [at, at + 1], more);
const [one, two, three] = [set('1', 10), set('2', 20), set('3', 30)];
const kill = nodeFault('f1', 'master', 'kill', 200);
const ended = event(200, { what: 'ended', node: 'master' });
const chain = [
  { name: 'master', config: {} },
  { name: 'middle', replicaOf: 'master', config: {} },
  { name: 'replica', replicaOf: 'middle', config: {} },
];

describe('monotonic', () => {
  judges(monotonicReads, [
    { what: 'forwards', operations: [one, two, get('1', 100), get('2', 110), get('2', 120)] },
    { what: 'a replica lags', operations: [one, two, get(null, 100), get('1', 110)] },
    {
      what: 'another connection',
      operations: [one, two, get('2', 100), get('1', 110, { ...onReplica, connection: 2 })],
    },
    {
      what: 'another node',
      operations: [one, two, get('2', 100, {}), get('1', 110)],
    },
    {
      what: 'a write of unknown outcome comes late',
      operations: [set('1', 10, unknown), two, get('2', 100), get('1', 110)],
    },
    {
      what: 'both were under way at the same time',
      operations: [
        set('1', 10),
        operation('register', 'r', '2', [12, 30]),
        get('2', 100),
        get('1', 110),
      ],
    },
    {
      what: 'it was deleted, at some time',
      operations: [
        one,
        two,
        operation('remove', 'r', undefined, [30, 31]),
        get('2', 100),
        get(null, 110),
      ],
    },
    {
      what: 'its time is over',
      operations: [set('1', 10, { kind: 'expiring', ttlMs: 500 }), get('1', 100), get(null, 600)],
    },
    {
      what: 'the master came back with less',
      faults: [kill],
      events: [ended, event(200, { what: 'fault', fault: 'f1' })],
      operations: [one, two, get('2', 100), get('1', 9_000)],
    },
    {
      what: 'a full resync from another replica, which lagged',
      nodes: chain,
      operations: [one, two, get('2', 100), get('1', 9_000)],
      resyncs: [resync('full', 8_000, { upstream: 'middle' })],
    },
  ]);
});

describe('not monotonic', () => {
  judges(monotonicReads, [
    {
      what: 'backwards',
      operations: [one, two, get('2', 100), get('1', 110)],
      finds: [
        /^correctness: one connection to replica may not see 0\/r go back: version 2 at 100 ms, then version 1 at 110 ms$/,
      ],
    },
    {
      what: 'to no such key, where nothing was deleted',
      operations: [one, two, get('2', 100), get(null, 110)],
      finds: [/version 2 at 100 ms, then no such key/],
    },
    {
      what: 'to a deletion before it',
      operations: [
        one,
        operation('remove', 'r', undefined, [14, 16]),
        two,
        get('2', 100),
        get(null, 110),
      ],
      finds: [/then no such key/],
    },
    {
      what: 'to no such key before its time is over',
      operations: [set('1', 10, { kind: 'expiring', ttlMs: 5_000 }), get('1', 100), get(null, 600)],
      finds: [/then no such key at 600 ms/],
    },
    {
      what: 'backwards twice, from one of unknown outcome',
      operations: [one, two, set('3', 30, unknown), get('3', 100), get('2', 110), get('1', 120)],
      finds: [/version 3 at 100 ms, then version 2/, /version 2 at 110 ms, then version 1/],
    },
    {
      what: 'a full resync from the master',
      operations: [one, two, get('2', 100), get('1', 9_000)],
      resyncs: [resync('full', 8_000)],
      finds: [/go back/],
    },
    {
      what: 'long after a full resync from another replica',
      nodes: chain,
      operations: [one, two, get('2', 8_000), get('1', 9_000)],
      resyncs: [resync('full', 100, { upstream: 'middle' })],
      samples: [sample('replica', 2_200, { role: 'replica', link: 'up' })],
      finds: [/go back/],
    },
    {
      what: 'the master came back with all it had',
      nodes: [
        { name: 'master', config: { appendonly: 'yes', appendfsync: 'always' } },
        { name: 'replica', replicaOf: 'master', config: {} },
      ],
      faults: [kill],
      events: [ended, event(200, { what: 'fault', fault: 'f1' })],
      operations: [one, two, get('2', 100), get('1', 9_000)],
      finds: [/go back/],
    },
    {
      what: 'once, not at each read after it',
      operations: [one, two, three, get('3', 100), get('1', 110), get('2', 120)],
      finds: [/version 3 at 100 ms, then version 1/],
    },
    {
      what: 'a pair',
      operations: [
        operation('pair', 'p:a', '1', [10, 15]),
        operation('pair', 'p:a', '2', [20, 25]),
        operation('read-pair', 'p:a', ['2', '2'], [100, 101]),
        operation('read-pair', 'p:a', ['1', '1'], [110, 111]),
      ],
      finds: [/0\/p:a go back/, /0\/p:b go back/],
    },
  ]);
});
