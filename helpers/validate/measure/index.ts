import type { Measurement } from '../subject.ts';
import { detection } from './detection.ts';
import { fullResync } from './full-resync.ts';
import { margin } from './margin.ts';
import { writeSafety } from './write-safety.ts';

/** All kinds of measurements under faults, in the order in which they are made. */
export const MEASUREMENTS: readonly Measurement[] = [margin, fullResync, detection, writeSafety];
