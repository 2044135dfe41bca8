import { describe } from 'vitest';
import { loadFloor } from './load-floor.ts';
import { cutOf, event, inForce, operation, refused } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const writes = (fromMs: number, untilMs: number, everyMs: number, more = {}) =>
  Array.from({ length: (untilMs - fromMs) / everyMs }, (_, at) =>
    operation(
      'append',
      'list',
      String(at),
      [fromMs + at * everyMs, fromMs + at * everyMs + 1],
      more,
    ),
  );
const read = operation('read', 'r', null, [10, 11]);
const healing = event(10_000, { what: 'phase', phase: 'healing' });
/** In force for a second from when it begins; nothing is acknowledged for four more. */
const cut = cutOf('f1', 'client', 'master', 2_000);
const calm = writes(0, 2_000, 100);

describe('enough', () => {
  judges(loadFloor, [
    {
      what: 'all that was planned',
      operations: [read, ...writes(0, 10_000, 100)],
      events: [healing],
    },
    { what: 'a third of it', operations: [read, ...writes(0, 10_000, 300)], events: [healing] },
    {
      what: 'until a fault and after it',
      faults: [cut],
      operations: [read, ...calm, ...writes(7_000, 10_000, 100)],
      events: [...inForce(cut), healing],
    },
    {
      what: 'none in a calm that is too short to tell',
      faults: [cutOf('f1', 'client', 'master', 1_000)],
      operations: [read, ...writes(2_500, 2_600, 10)],
      events: [event(1_000, { what: 'fault', fault: 'f1' }), healing],
    },
    {
      what: 'a plan without reads',
      workload: { readsPerSecond: 0 },
      operations: writes(0, 10_000, 100),
      events: [healing],
    },
    {
      what: 'a plan of two writes',
      workload: { writesPerSecond: 0.2 },
      operations: [read, ...writes(0, 10_000, 5_000)],
      events: [healing],
    },
  ]);
});

describe('too little', () => {
  judges(loadFloor, [
    {
      what: 'nothing',
      events: [healing],
      finds: [
        /^inconclusive: 0 writes were acknowledged in 10000 ms of chaos, of 100 planned: at least 5 are needed$/,
        /0 writes were acknowledged in 10000 ms without a fault/,
        /^inconclusive: no read was answered$/,
      ],
    },
    {
      what: 'a tenth of it',
      operations: [read, ...writes(0, 10_000, 1_000)],
      events: [healing],
      finds: [
        /^inconclusive: 10 writes were acknowledged in 10000 ms without a fault, of 100 planned: at least 25 % are needed$/,
      ],
    },
    {
      what: 'all was refused',
      operations: [read, ...writes(0, 10_000, 100, refused)],
      events: [healing],
      finds: [/in 10000 ms of chaos/, /without a fault/],
    },
    {
      what: 'a fault explains it, but not all of it',
      faults: [cutOf('f1', 'client', 'master', 0)],
      operations: [read],
      events: [event(0, { what: 'fault', fault: 'f1' }), healing],
      finds: [/of chaos/],
    },
    {
      what: 'no read was answered',
      operations: writes(0, 10_000, 100),
      events: [healing],
      finds: [/no read was answered/],
    },
  ]);
});
