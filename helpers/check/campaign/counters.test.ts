import { describe } from 'vitest';
import { counters } from './counters.ts';
import { event, finalOf, operation, refused, unknown } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const incr = (at: number, value: number | undefined, more = {}) =>
  operation('count', 'c', value, [at, at + 5], more);
const count = (value: number) => finalOf(undefined, { counters: { '0/c': value } });
const three = [incr(10, 1), incr(20, 2), incr(30, 3)];
const ended = event(25, { what: 'ended', node: 'master' });

describe('exact', () => {
  judges(counters, [
    { what: 'as often as acknowledged', operations: three, final: count(3) },
    { what: 'never', final: finalOf() },
    {
      what: 'one of unknown outcome counts',
      operations: [...three, incr(40, undefined, unknown)],
      final: count(4),
    },
    {
      what: 'one of unknown outcome does not',
      operations: [...three, incr(40, undefined, unknown)],
      final: count(3),
    },
    {
      what: 'a refused one does not',
      operations: [...three, incr(40, undefined, refused)],
      final: count(3),
    },
    {
      what: 'under way at the same time, answered in any order',
      operations: [operation('count', 'c', 2, [10, 40]), operation('count', 'c', 1, [12, 30])],
      final: count(2),
    },
    { what: 'lost where that is allowed', operations: three, events: [ended], final: count(1) },
    {
      what: 'a counter that begins anew',
      operations: [incr(10, 1), incr(18, 2), incr(30, 1), incr(40, 2)],
      events: [ended],
      final: count(2),
    },
  ]);
});

describe('not exact', () => {
  judges(counters, [
    {
      what: 'too few',
      operations: three,
      final: count(2),
      finds: [
        /^correctness: 0\/c is 2 in the end, after 3 acknowledged increments, and 0 of unknown outcome$/,
      ],
    },
    { what: 'not there', operations: three, final: finalOf(), finds: [/0\/c is 0 in the end/] },
    {
      what: 'too many',
      operations: [...three, incr(40, undefined, unknown)],
      final: count(5),
      finds: [/0\/c is 5 in the end/],
    },
    {
      what: 'a refused one counts',
      operations: [...three, incr(40, undefined, refused)],
      final: count(4),
      finds: [/0\/c is 4/],
    },
    {
      what: 'more lost than may be',
      operations: [...three, incr(40, 4)],
      events: [ended],
      final: count(1),
      finds: [/is 1 in the end, after 4 acknowledged increments, 2 of them where they may be lost/],
    },
    {
      what: 'the same answer twice',
      operations: [incr(10, 1), incr(20, 1)],
      final: count(2),
      finds: [/^correctness: master gave the same answer to two increments of 0\/c: 1 at 25 ms$/],
    },
    {
      what: 'backwards',
      operations: [incr(10, 2), incr(20, 1)],
      final: count(2),
      finds: [/^correctness: master counted backwards in 0\/c: 2 at 15 ms$/],
    },
  ]);
});
