import type { Measurement } from '../subject.ts';
import { margin } from './margin.ts';

/** All kinds of measurements under faults, in the order in which they are made. */
export const MEASUREMENTS: readonly Measurement[] = [margin];
