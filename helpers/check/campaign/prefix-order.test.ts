import { describe } from 'vitest';
import { prefixOrder } from './prefix-order.ts';
import {
  event,
  finalOf,
  onReplica,
  operation,
  refused,
  unknown,
  withNode,
} from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const append = (id: string, at: number, more = {}) =>
  operation('append', 'list', id, [at, at + 5], more);
const seen = (length: number, last: string | null, at: number, more: object = onReplica) =>
  operation('read-list', 'list', [String(length), last], [at, at + 1], more);
const left = (...ids: string[]) => finalOf(undefined, { lists: { '0/list': ids } });
const [a, b, c] = [append('a', 10), append('b', 20), append('c', 30)];
const lost = event(40, { what: 'ended', node: 'master' });

describe('a prefix', () => {
  judges(prefixOrder, [
    { what: 'nothing', operations: [a, seen(0, null, 50)] },
    { what: 'all of it', operations: [a, b, c, seen(3, 'c', 50)], final: left('a', 'b', 'c') },
    { what: 'its beginning', operations: [a, b, c, seen(1, 'a', 50), seen(2, 'b', 51)] },
    { what: 'the one under way', operations: [a, b, seen(2, 'b', 22)] },
    {
      what: 'without the one of unknown outcome',
      operations: [a, append('x', 15, unknown), b, seen(2, 'b', 50)],
      final: left('a', 'b'),
    },
    {
      what: 'with the one of unknown outcome, in its place or later',
      operations: [a, append('x', 15, unknown), b, seen(3, 'b', 50), seen(3, 'x', 51)],
      final: left('a', 'b', 'x'),
    },
    {
      what: 'without the refused one',
      operations: [a, append('x', 15, refused), b, seen(2, 'b', 50)],
    },
    {
      what: 'without what may be lost',
      operations: [a, b, append('d', 60), seen(2, 'd', 70)],
      events: [lost],
      final: left('a', 'd'),
    },
    {
      what: 'of what one of two masters acknowledged',
      operations: [a, append('x', 15, { node: 'heir' }), b, seen(2, 'b', 50)],
    },
    {
      what: 'a replica that is behind',
      operations: [a, b],
      final: withNode(left('a', 'b'), 'replica', { lists: { '0/list': ['a'] } }),
    },
    {
      what: 'a replica on a history that was lost',
      operations: [a, b, append('d', 60)],
      events: [lost],
      final: withNode(left('a', 'd'), 'replica', { lists: { '0/list': ['a', 'b'] } }),
    },
  ]);
});

describe('no prefix', () => {
  judges(prefixOrder, [
    {
      what: 'one is missing in the middle',
      operations: [a, b, c, seen(2, 'c', 50)],
      finds: [
        /^correctness: 0\/list on replica has 2 elements up to c, and lacks some of the 3 that were acknowledged until then, at 50 ms$/,
      ],
    },
    {
      what: 'one is there twice',
      operations: [a, b, seen(3, 'b', 50, {})],
      finds: [/has 3 elements up to b, and only 2 can be/],
    },
    {
      what: 'out of order',
      operations: [a, b, c, seen(3, 'b', 50)],
      finds: [/has 3 elements up to b, and only 2 can be/],
    },
    {
      what: 'an id that nobody appended',
      operations: [a, seen(1, 'z', 50)],
      finds: [/ends with z, which nobody appended/],
    },
    {
      what: 'a list that nobody appended to',
      operations: [seen(1, 'z', 50)],
      finds: [/ends with z, which nobody appended/],
    },
    {
      what: 'an id that was refused',
      operations: [append('x', 15, refused), seen(1, 'x', 50)],
      finds: [/ends with x, which was refused/],
    },
    {
      what: 'an id before it was asked for',
      operations: [a, b, seen(2, 'b', 18)],
      finds: [/ends with b, before that was asked for/],
    },
    {
      what: 'elements, and no last one',
      operations: [a, seen(2, null, 50)],
      finds: [/has 2 elements and no last one/],
    },
    {
      what: 'more than what may be lost is missing',
      operations: [a, b, append('d', 60), append('e', 66), seen(1, 'e', 80)],
      events: [lost],
      finds: [/has 1 elements up to e, and lacks some of the 2/],
    },
    {
      what: 'in the end out of order, on the replica alone',
      operations: [a, b, c],
      final: withNode(left('a', 'b', 'c'), 'replica', { lists: { '0/list': ['a', 'c', 'b'] } }),
      finds: [
        /0\/list on replica in the end: b on master at \S+ stands after c/,
        /0\/list on replica in the end: differs from master where that has elements too/,
      ],
    },
    {
      what: 'in the end twice',
      operations: [a],
      final: left('a', 'a'),
      finds: [
        /0\/list on master in the end: a .* is there twice/,
        /0\/list on replica in the end: a/,
      ],
    },
    {
      what: 'in the end an element before an earlier one',
      operations: [a, b],
      final: withNode(left('a', 'b'), 'replica', { lists: { '0/list': ['b'] } }),
      finds: [/0\/list on replica in the end: differs from master/],
    },
  ]);
});
