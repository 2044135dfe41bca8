import { describe } from 'vitest';
import { resyncLoops } from './resync-loops.ts';
import { event, resync } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const round = (atMs: number, ending = 'output-limit, in the transfer') =>
  resync('full', atMs, { ending });
const healing = event(1_000, { what: 'phase', phase: 'healing' });
const healed = event(1_200, { what: 'heal', fault: 'f1' });

describe('no loop', () => {
  judges(resyncLoops, [
    { what: 'nothing', events: [healing] },
    {
      what: 'while links are slow',
      events: [healing],
      resyncs: [round(100), round(200), round(300), resync('full', 400)],
    },
    {
      what: 'until the last heal',
      events: [healing, healed],
      resyncs: [round(1_100), round(1_150), round(1_300), round(1_400)],
    },
    {
      what: 'twice',
      events: [healing],
      resyncs: [round(1_100), round(1_200), resync('full', 1_300)],
    },
    {
      what: 'something else ended one',
      events: [healing],
      resyncs: [round(1_100), round(1_200, 'other, in the stream'), round(1_300)],
    },
    {
      what: 'of two replicas',
      events: [healing],
      resyncs: [round(1_100), round(1_200), { ...round(1_300), replica: 'other' }],
    },
    { what: 'nothing was healed', resyncs: [round(1_100), round(1_200), round(1_300)] },
  ]);
});

describe('a loop', () => {
  judges(resyncLoops, [
    {
      what: 'when all was healed',
      events: [healing, healed],
      resyncs: [round(1_300), round(1_400), round(1_500, 'output-limit, in the stream')],
      finds: [
        /^liveness: replica of master, when all was healed: full-resync loop: 3 full resyncs in a row.*\(2 before all was sent, 1 in the stream/,
      ],
    },
    {
      what: 'in whatever order it was recorded',
      events: [healing],
      resyncs: [resync('full', 1_500), round(1_300), round(1_100), round(1_200)],
      finds: [/full-resync loop: 3/],
    },
  ]);
});
