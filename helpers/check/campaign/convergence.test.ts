import { describe } from 'vitest';
import { convergence } from './convergence.ts';
import { finalOf, operation, withNode } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const data = {
  lists: { '0/list': ['a', 'b'] },
  registers: { '0/r': '1' },
  counters: { '0/c': 3 },
};
const final = finalOf(undefined, data);
const { convergedAfterMs: _, ...apart } = final;
const other = { replid: 'b'.repeat(40) };

describe('converged', () => {
  judges(convergence, [
    { what: 'all is equal', final },
    { what: 'just in time', final: { ...final, convergedAfterMs: 5_000 } },
    {
      what: 'a key whose time was over between two reads',
      operations: [operation('expiring', 'e', '1', [18_000, 18_001], { ttlMs: 2_000 })],
      final: withNode(final, 'replica', { registers: { '0/r': '1', '0/e': '1' } }),
    },
    { what: 'not, and a node is down', final: withNode(apart, 'replica', { up: false }) },
    { what: 'the run did not get there', final: null },
  ]);
});

describe('not converged', () => {
  judges(convergence, [
    {
      what: 'offsets differ',
      final: {
        ...withNode(apart, 'replica', { offset: 900 }),
        differences: ['replica is at offset 900, master at 1000'],
      },
      finds: [
        /^liveness: everything must converge within 5000 ms of the last heal, and has not: replica is at offset 900, master at 1000$/,
      ],
    },
    {
      what: 'a link is down at equal offsets',
      final: { ...apart, differences: ['replica: its link to master is down'] },
      finds: [/^liveness: .*its link to master is down$/],
    },
    {
      what: 'the data differs at another history',
      final: {
        ...withNode(apart, 'replica', { ...other, registers: {} }),
        differences: ['replica has replication ID b'],
      },
      finds: [/^liveness/],
    },
    {
      what: 'the data differs at equal offsets',
      final: {
        ...apart,
        differences: ['replica differs from master: db 0 "set:1": it has 3 elements'],
      },
      finds: [
        /^correctness: all nodes have one replication ID and offset, and not one data: replica differs/,
      ],
    },
    {
      what: 'the data differs, and so do offsets by now',
      final: {
        ...withNode(apart, 'replica', { offset: 900 }),
        differences: ['replica differs from master: db 0 "set:1": it has 3 elements'],
      },
      finds: [/^liveness/],
    },
    {
      what: 'too late',
      final: { ...final, convergedAfterMs: 5_001 },
      finds: [/^liveness: .* and took 5001 ms$/],
    },
    {
      what: 'another version at equal offsets',
      final: withNode(final, 'replica', { registers: { '0/r': '2' } }),
      finds: [
        /^correctness: replica has the replication ID and offset of master, and another version 0\/r: 2, where that has 1$/,
      ],
    },
    {
      what: 'a missing key at equal offsets',
      final: withNode(final, 'replica', { registers: {} }),
      finds: [/another version 0\/r: no such key, where that has 1/],
    },
    {
      what: 'another counter at equal offsets',
      final: withNode(final, 'replica', { counters: { '0/c': 2 } }),
      finds: [/another counter 0\/c: 2, where that has 3/],
    },
    {
      what: 'another list at equal offsets',
      final: withNode(final, 'replica', { lists: { '0/list': ['a'] } }),
      finds: [
        /another list 0\/list: 1 elements ending with a, where that has 2 elements ending with b/,
      ],
    },
    {
      what: 'a key that is there long after its time was over',
      operations: [operation('expiring', 'e', '1', [1_000, 1_001], { ttlMs: 2_000 })],
      final: withNode(final, 'replica', { registers: { '0/r': '1', '0/e': '1' } }),
      finds: [/another version 0\/e: 1, where that has no such key/],
    },
  ]);
});
