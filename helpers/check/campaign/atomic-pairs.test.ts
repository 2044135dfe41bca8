import { describe } from 'vitest';
import { atomicPairs } from './atomic-pairs.ts';
import { finalOf, onReplica, operation, withNode } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const pair = operation('pair', 'pair:1:a', '1', [10, 20]);
const both = { '0/pair:1:a': '1', '0/pair:1:b': '1' };
const seen = (value: readonly (string | null)[], more = {}) =>
  operation('read-pair', 'pair:1:a', value, [30, 31], more);

describe('whole', () => {
  judges(atomicPairs, [
    { what: 'nothing was written' },
    { what: 'both are there', operations: [pair, seen(['1', '1'])] },
    { what: 'none is there yet', operations: [pair, seen([null, null], onReplica)] },
    { what: 'both are left', operations: [pair], final: finalOf(undefined, { registers: both }) },
    {
      what: 'a read that failed tells nothing',
      operations: [pair, seen(['1', null], { outcome: 'failed' })],
    },
  ]);
});

describe('half', () => {
  judges(atomicPairs, [
    {
      what: 'two versions',
      operations: [pair, seen(['2', '1'], onReplica)],
      finds: [
        /^correctness: replica showed half a transaction at 30 ms: 0\/pair:1:a in version 2, its partner in version 1$/,
      ],
    },
    {
      what: 'one is there, the other not',
      operations: [pair, seen([null, '1'])],
      finds: [/in no such key, its partner in version 1/],
    },
    {
      what: 'one is left on a replica',
      operations: [pair],
      final: withNode(finalOf(undefined, { registers: both }), 'replica', {
        registers: { '0/pair:1:a': '1' },
      }),
      finds: [/^correctness: replica has half a transaction in the end/],
    },
  ]);
});
