import { describe } from 'vitest';
import { noResurrection } from './no-resurrection.ts';
import { event, finalOf, onReplica, operation, unknown } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const set = operation('register', 'r', '1', [10, 15]);
const del = operation('remove', 'r', undefined, [20, 25]);
const get = (version: string | null, at: number, more: object = {}) =>
  operation('read', 'r', version, [at, at + 1], more);
const expiring = operation('expiring', 'e', '1', [10, 15], { ttlMs: 1_000 });
const getExpiring = (at: number, more: object = {}) =>
  operation('read', 'e', '1', [at, at + 1], more);
const left = (registers: Record<string, string>) => finalOf(undefined, { registers });

describe('gone', () => {
  judges(noResurrection, [
    { what: 'it stays away', operations: [set, del, get(null, 30), get(null, 40)] },
    {
      what: 'a replica had not seen it yet',
      operations: [set, del, get(null, 30, onReplica), get('1', 40, onReplica)],
    },
    {
      what: 'it was written again',
      operations: [
        set,
        del,
        operation('register', 'r', '3', [30, 31]),
        get(null, 28),
        get('3', 40),
      ],
      final: left({ '0/r': '3' }),
    },
    {
      what: 'a deletion of unknown outcome did not happen',
      operations: [set, { ...del, ...unknown }],
      final: left({ '0/r': '1' }),
    },
    {
      what: 'a write of unknown outcome came after the deletion',
      operations: [{ ...set, ...unknown }, del],
      final: left({ '0/r': '1' }),
    },
    {
      what: 'a deletion was lost where it may be',
      operations: [set, del],
      events: [event(40, { what: 'ended', node: 'master' })],
      final: left({ '0/r': '1' }),
    },
    { what: 'within its time', operations: [expiring, getExpiring(1_100)] },
    { what: 'its time may just be over', operations: [expiring, getExpiring(1_200)] },
    {
      what: 'a replica that counts the time from when it hears of it',
      servers: { master: 'redis 6.0.20', replica: 'redis 6.0.20' },
      operations: [expiring, getExpiring(1_500, onReplica)],
    },
  ]);
});

describe('back', () => {
  judges(noResurrection, [
    {
      what: 'to a connection that saw it gone',
      operations: [set, del, get('1', 16), get(null, 30), get('1', 40)],
      finds: [
        /^correctness: 0\/r was gone on master at 30 ms, and may not come back in the older version 1 at 40 ms$/,
      ],
    },
    {
      what: 'on a replica that had seen it',
      operations: [
        set,
        del,
        get('1', 18, onReplica),
        get(null, 30, onReplica),
        get('1', 40, onReplica),
      ],
      finds: [/was gone on replica/],
    },
    {
      what: 'after its time',
      operations: [
        expiring,
        getExpiring(100),
        operation('read', 'e', null, [1_020, 1_021]),
        getExpiring(1_100),
      ],
      finds: [/0\/e was gone on master at 1020 ms/],
    },
    {
      what: 'in the end',
      operations: [set, del],
      final: left({ '0/r': '1' }),
      finds: [
        /^correctness: 0\/r may not be there in the end in version 1: a later DEL was acknowledged at 25 ms$/,
      ],
    },
    {
      what: 'served when its time is over',
      operations: [expiring, getExpiring(1_500)],
      finds: [
        /^correctness: master may not serve 0\/e when its time is over: version 1 at 1500 ms, which ended at 1265 ms$/,
      ],
    },
    {
      what: 'served by a replica that knows the instant',
      operations: [expiring, getExpiring(1_500, onReplica)],
      finds: [/^correctness: replica may not serve 0\/e/],
    },
    {
      what: 'served by an old master',
      servers: { master: 'redis 6.0.20', replica: 'redis 6.0.20' },
      operations: [expiring, getExpiring(1_500)],
      finds: [/^correctness: master may not serve 0\/e/],
    },
    {
      what: 'left when its time is over',
      operations: [expiring],
      final: left({ '0/e': '1' }),
      finds: [/^correctness: 0\/e may not be there in the end: its time was over/],
    },
  ]);
});
