import { describe } from 'vitest';
import { readYourWrites } from './read-your-writes.ts';
import { event, onReplica, operation, refused, unknown } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const set = (version: string, at: number, more = {}) =>
  operation('register', 'r', version, [at, at + 5], more);
const get = (version: string | null, at: number, more: object = {}) =>
  operation('read', 'r', version, [at, at + 1], more);
const [one, two] = [set('1', 10), set('2', 20)];
const emptied = [
  event(100, { what: 'ended', node: 'master' }),
  event(200, { what: 'started', node: 'master' }),
] as const;

describe('read', () => {
  judges(readYourWrites, [
    { what: 'the last', operations: [one, two, get('2', 30)] },
    { what: 'one that is under way', operations: [one, two, get('1', 21), get('2', 22)] },
    {
      what: 'a later one of unknown outcome',
      operations: [one, set('2', 20, unknown), get('2', 30), get('1', 31)],
    },
    {
      what: 'an earlier one of unknown outcome, which came late',
      operations: [set('1', 10, unknown), two, get('1', 30)],
    },
    { what: 'of a refused one nothing', operations: [one, set('2', 20, refused), get('1', 30)] },
    { what: 'on a replica anything', operations: [one, two, get(null, 30, onReplica)] },
    {
      what: 'deleted',
      operations: [one, operation('remove', 'r', undefined, [20, 21]), get(null, 30)],
    },
    {
      what: 'its time is over',
      operations: [set('1', 10, { kind: 'expiring', ttlMs: 50 }), get(null, 100)],
    },
    { what: 'the master came back empty', operations: [one, two, get(null, 300)], events: emptied },
    {
      what: 'another master acknowledged it',
      operations: [set('1', 10, { node: 'heir' }), get(null, 30)],
    },
  ]);
});

describe('missed', () => {
  judges(readYourWrites, [
    {
      what: 'an older one',
      operations: [one, two, get('1', 30)],
      finds: [
        /^correctness: master may not answer with an older 0\/r than it has acknowledged: version 1 at 30 ms, after version 2 was acknowledged at 25 ms$/,
      ],
    },
    {
      what: 'nothing',
      operations: [one, get(null, 30)],
      finds: [/no such key at 30 ms, after version 1/],
    },
    {
      what: 'what was deleted',
      operations: [one, operation('remove', 'r', undefined, [20, 21]), get('1', 30)],
      finds: [/version 1 at 30 ms, after no such key was acknowledged/],
    },
    {
      what: 'nothing before its time is over',
      operations: [set('1', 10, { kind: 'expiring', ttlMs: 5_000 }), get(null, 100)],
      finds: [/no such key at 100 ms, after version 1/],
    },
    {
      what: 'what was written after the master came back empty',
      operations: [set('1', 210), get(null, 300)],
      events: emptied,
      finds: [/no such key at 300 ms/],
    },
  ]);
});
