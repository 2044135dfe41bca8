import { describe } from 'vitest';
import { faultEffect } from './fault-effect.ts';
import { cutOf, event, finalOf, inForce, sample } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const [one, two, three] = ['f1', 'f2', 'f3'].map((id, at) =>
  cutOf(id, 'replica', 'master', at * 2_000),
) as [ReturnType<typeof cutOf>, ReturnType<typeof cutOf>, ReturnType<typeof cutOf>];
const passed = event(0, { what: 'passed-over', fault: 'f1', reason: 'replica has ended' });
const samples = [sample('replica', 1, { offset: 10 }), sample('replica', 2, { offset: 20 })];

describe('it shows', () => {
  judges(faultEffect, [
    { what: 'without a fault that was planned', samples },
    {
      what: 'all in force',
      samples,
      faults: [one, two],
      events: [...inForce(one), ...inForce(two)],
    },
    {
      what: 'half of them passed over',
      samples,
      faults: [one, two],
      events: [passed, ...inForce(two)],
    },
    {
      what: 'data was replicated before anybody looked',
      final: finalOf(undefined, { lists: { '0/list': ['a'] } }),
    },
    { what: 'there is no replica', nodes: [{ name: 'master', config: {} }] },
  ]);
});

describe('it does not', () => {
  judges(faultEffect, [
    {
      what: 'none in force',
      samples,
      faults: [one],
      finds: [/^inconclusive: 0 of 1 planned faults were in force$/],
    },
    {
      what: 'most passed over',
      samples,
      faults: [one, two, three],
      events: [passed, ...inForce(three)],
      finds: [
        /^inconclusive: 1 of 3 planned faults were in force; f1 was passed over: replica has ended$/,
      ],
    },
    {
      what: 'nothing was replicated',
      samples: [
        sample('replica', 1, { offset: 10 }),
        sample('replica', 2, { offset: 10 }),
        sample('master', 3, { offset: 20 }),
      ],
      finds: [/^inconclusive: .*nothing was replicated/],
    },
  ]);
});
