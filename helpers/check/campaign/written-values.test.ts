import { describe } from 'vitest';
import { finalOf, onReplica, operation, refused, unknown, withNode } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';
import { writtenValues } from './written-values.ts';

const set = operation('register', 'r', '1', [10, 20]);
const get = (value: string | null, at = 30) => operation('read', 'r', value, [at, at + 1]);

describe('written', () => {
  judges(writtenValues, [
    { what: 'no such key', operations: [get(null)] },
    { what: 'what was acknowledged', operations: [set, get('1')] },
    { what: 'what is under way', operations: [set, get('1', 12)] },
    { what: 'what is of unknown outcome', operations: [{ ...set, ...unknown }, get('1')] },
    {
      what: 'both keys of a pair',
      operations: [
        operation('pair', 'p:a', '1', [1, 2]),
        operation('read-pair', 'p:a', ['1', '1'], [3, 4]),
      ],
    },
    {
      what: 'in the end',
      operations: [set],
      final: finalOf(undefined, { registers: { '0/r': '1' } }),
    },
  ]);
});

describe('not written', () => {
  judges(writtenValues, [
    {
      what: 'a version that nobody wrote',
      operations: [set, get('7')],
      finds: [/^correctness: master showed version 7 of 0\/r at 30 ms, which nobody wrote$/],
    },
    { what: 'a key that nobody wrote', operations: [get('1')], finds: [/which nobody wrote/] },
    {
      what: 'a version that was refused',
      operations: [{ ...set, ...refused }, get('1')],
      finds: [/which was refused/],
    },
    {
      what: 'a version before it was asked for',
      operations: [set, get('1', 5)],
      finds: [/before it was asked for/],
    },
    {
      what: 'the other key of a pair',
      operations: [
        operation('pair', 'p:a', '1', [1, 2]),
        operation('read-pair', 'p:a', ['1', '2'], [3, 4], onReplica),
      ],
      finds: [/^correctness: replica showed version 2 of 0\/p:b/],
    },
    {
      what: 'in the end, on a replica',
      operations: [set],
      final: withNode(finalOf(), 'replica', { registers: { '0/r': '4' } }),
      finds: [/^correctness: replica has version 4 of 0\/r in the end, which nobody wrote/],
    },
  ]);
});
