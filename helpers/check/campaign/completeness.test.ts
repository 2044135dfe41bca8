import { describe } from 'vitest';
import { completeness } from './completeness.ts';
import { judges } from './testing/verdicts.ts';

describe('to its end or not', () => {
  judges(completeness, [
    { what: 'it got there' },
    { what: 'it died', final: null, finds: [/^inconclusive: the run did not get to its end/] },
  ]);
});
