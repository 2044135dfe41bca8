import type { WriteKind } from '../plan.ts';
import type { FaultKind } from './kinds.ts';

/** What a plan is drawn with whatever its seed says. Absent: drawn. */
export interface Pins {
  readonly nodes?: number;
  readonly depth?: number;
  readonly sentinels?: number;
  /** Kinds of faults, of which at least one. */
  readonly faults?: readonly FaultKind[];
  readonly faultCount?: number;
  readonly chaosMs?: number;
  readonly writers?: number;
  readonly readersPerNode?: number;
  readonly writesPerSecond?: number;
  readonly readsPerSecond?: number;
  readonly keys?: number;
  readonly skew?: number;
  readonly valueBytesMax?: number;
  readonly databases?: number;
  readonly ttlMsMax?: number;
  /** Kinds of writes, of which at least one. */
  readonly mix?: readonly WriteKind[];
  readonly persistence?: Persistence;
  /** Directives of all nodes. */
  readonly config?: Readonly<Record<string, string>>;
}

/**
 * What a node has again when it starts anew. `none`: nothing. `rdb`: what it had when it was stopped, not when it was killed.
 * `aof`: all that it answered.
 */
export type Persistence = (typeof PERSISTENCES)[number];

export const PERSISTENCES = ['none', 'rdb', 'aof'] as const;
