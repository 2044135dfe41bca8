import { can, type Versioned } from '../deployment/capabilities.ts';
import type { Config } from '../deployment/config.ts';
import type { Fault } from '../links/fault.ts';
import { bandwidth } from '../links/faults/bandwidth.ts';

/** How to make a load from the socket last for so long that a test can look at it. */
export interface LongLoad {
  /** For the replica, which looks at its clients only after so many bytes of an RDB. */
  readonly config: Config;
  /** For its link. Healed, the rest of the RDB comes at once. */
  readonly slow: Fault;
  /** What the master is to hold: arguments for `writeBytes`. */
  readonly data: { readonly bytes: number; readonly valueBytes: number };
}

/** Some ten seconds, in which the replica answers within 0.2 s; six and one where the interval is fixed. */
export function longLoad(server: Versioned): LongLoad {
  if (!can(server, 'loading-interval')) {
    return {
      config: {},
      slow: bandwidth('downstream', { kilobytesPerSecond: 4_000 }),
      data: { bytes: 24_000_000, valueBytes: 1_500_000 },
    };
  }
  return {
    config: { 'loading-process-events-interval-bytes': 4_096 },
    slow: bandwidth('downstream', { kilobytesPerSecond: 400 }),
    data: { bytes: 4_000_000, valueBytes: 250_000 },
  };
}
