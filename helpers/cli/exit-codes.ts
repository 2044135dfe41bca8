import type { Verdict } from '../errors.ts';

/** How commands end: each verdict has an exit code of its own. Whatever has no verdict ends with 1. */
export const EXIT_CODES: Readonly<Record<Verdict | 'pass', number>> = {
  pass: 0,
  correctness: 1,
  misuse: 2,
  liveness: 3,
  inconclusive: 4,
  environment: 5,
};
