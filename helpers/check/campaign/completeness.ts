/** A run that did not get to its end is judged as far as it went. It does not pass. */
import type { Checker } from './checker.ts';

export const completeness: Checker = {
  name: 'completeness',
  check: ({ final }) =>
    final === undefined
      ? [
          {
            verdict: 'inconclusive',
            text: 'the run did not get to its end: no final state was recorded',
          },
        ]
      : [],
};
