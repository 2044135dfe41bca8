import { describe, expect, test } from 'vitest';
import { acknowledgedWrites, ledgersOf } from './acknowledged-writes.ts';
import { event, finalOf, operation, recordOf, refused, unknown } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const append = (id: string, at: number, more = {}) =>
  operation('append', 'list', id, [at, at + 5], more);
const set = (version: string, at: number, more = {}) =>
  operation('register', 'r', version, [at, at + 5], more);
const left = (ids: readonly string[], registers = {}) =>
  finalOf(undefined, { lists: ids.length === 0 ? {} : { '0/list': ids }, registers });
const [a, b, c] = [append('a', 10), append('b', 20), append('c', 30)];
const ended = event(40, { what: 'ended', node: 'master' });
const keeping = [
  { name: 'master', config: { appendonly: 'yes', appendfsync: 'always' } },
  { name: 'replica', replicaOf: 'master', config: {} },
];

describe('kept', () => {
  judges(acknowledgedWrites, [
    { what: 'nothing was written' },
    { what: 'all', operations: [a, b, set('1', 30)], final: left(['a', 'b'], { '0/r': '1' }) },
    {
      what: 'but for one of unknown outcome',
      operations: [a, { ...b, ...unknown }],
      final: left(['a']),
    },
    {
      what: 'but for one that was refused',
      operations: [a, { ...b, ...refused }],
      final: left(['a']),
    },
    {
      what: 'until the master came back with less',
      operations: [a, b, c],
      events: [ended],
      final: left(['a']),
    },
    {
      what: 'until the master came back with nothing',
      operations: [a, b, set('1', 10)],
      events: [ended],
      final: left([]),
    },
    {
      what: 'from when the master came back with less',
      operations: [a, b, c, append('d', 60), set('1', 10), set('2', 60)],
      events: [ended],
      final: left(['a', 'd'], { '0/r': '2' }),
    },
    {
      what: 'twice it came back with less',
      operations: [a, b, append('d', 60), append('e', 70), append('f', 90)],
      events: [ended, event(80, { what: 'ended', node: 'master' })],
      final: left(['a', 'd', 'f']),
    },
    {
      what: 'a later version of unknown outcome is there',
      operations: [set('1', 10), set('2', 20, unknown)],
      final: left([], { '0/r': '2' }),
    },
    {
      what: 'an earlier one of unknown outcome came late',
      operations: [set('1', 10, unknown), set('2', 20)],
      final: left([], { '0/r': '1' }),
    },
    {
      what: 'its time is over',
      operations: [set('1', 10, { kind: 'expiring', ttlMs: 500 })],
      final: left([]),
    },
    {
      what: 'nobody is master: there is nothing to hold it against',
      operations: [a],
      final: { ...finalOf(), nodes: [] },
    },
    { what: 'the run did not get to its end', operations: [a], final: null },
  ]);
});

describe('lost', () => {
  judges(acknowledgedWrites, [
    {
      what: 'without any reason',
      operations: [a, b],
      final: left(['a']),
      finds: [/^correctness: 0\/list: b on master at \S+ is lost: no loss was allowed then$/],
    },
    {
      what: 'by a master that came back with all it had',
      nodes: keeping,
      operations: [a, b],
      events: [ended],
      final: left(['a']),
      finds: [/b on master at \S+ is lost: no loss was allowed then$/],
    },
    {
      what: 'when a replica ended',
      operations: [a, b],
      events: [event(40, { what: 'ended', node: 'replica' })],
      final: left(['a']),
      finds: [/no loss was allowed then$/],
    },
    {
      what: 'after the master came back with less',
      operations: [a, append('d', 60)],
      events: [ended],
      final: left(['a']),
      finds: [
        /d on master at \S+ is lost: no loss was allowed then; the history of master, killed with no persistence allowed it until 20 ms before/,
      ],
    },
    {
      what: 'in the middle of what came back',
      operations: [a, b, c],
      events: [ended],
      final: left(['a', 'c']),
      finds: [/b on master at \S+ is lost, and the later c on master at \S+ is not/],
    },
    {
      what: 'a whole list',
      operations: [a],
      final: left([]),
      finds: [/a on master at \S+ is lost/],
    },
    {
      what: 'a version',
      operations: [set('1', 10), set('2', 20)],
      final: left([], { '0/r': '1' }),
      finds: [
        /^correctness: 0\/r has lost version 2, which master acknowledged at 25 ms: in the end there is version 1, and no loss was allowed then$/,
      ],
    },
    {
      what: 'a key',
      operations: [set('1', 10)],
      final: left([]),
      finds: [/in the end there is no such key/],
    },
    {
      what: 'a key before its time was over',
      operations: [set('1', 10, { kind: 'expiring', ttlMs: 60_000 })],
      final: left([]),
      finds: [/0\/r has lost version 1/],
    },
    {
      what: 'a version after a loss that explains an earlier one',
      operations: [set('1', 10), set('2', 60), set('3', 70)],
      events: [ended],
      final: left([], { '0/r': '2' }),
      finds: [/0\/r has lost version 3/],
    },
  ]);
});

test('what may be lost is told, with its node, its time and the reason', () => {
  const record = recordOf({ operations: [a, b], events: [ended], final: left(['a']) });

  expect(ledgersOf(record).get('0/list')).toMatchObject({
    outcomes: { ok: 2, failed: 0, unknown: 0 },
    lost: [
      {
        write: { id: 'b', node: 'master', invokedAtMs: 20 },
        reason: 'acknowledged 20 ms into the history of master, killed with no persistence',
      },
    ],
    breaches: [],
  });
});
