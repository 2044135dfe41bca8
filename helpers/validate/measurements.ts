import type { Measurement } from './subject.ts';

/** All that is measured under faults, in the order of what matters first: `--budget` leaves out from the end. */
export const MEASUREMENTS: readonly Measurement[] = [];
