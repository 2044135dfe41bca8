import { describe } from 'vitest';
import { resyncKinds } from './resync-kinds.ts';
import { resync } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

describe('as the model says', () => {
  judges(resyncKinds, [
    { what: 'none' },
    { what: 'both kinds', resyncs: [resync('full', 10), resync('partial', 20)] },
  ]);
});

describe('not as the model says', () => {
  judges(resyncKinds, [
    {
      what: 'a full one too many',
      resyncs: [
        resync('full', 10, { modelObjects: 'a server with all of it answers by partial' }),
        resync('partial', 20),
      ],
      finds: [
        /^correctness: master answered replica with a full resync \(lack-of-backlog\) at 10 ms, which the model objects to: a server with all of it answers by partial$/,
      ],
    },
  ]);
});
