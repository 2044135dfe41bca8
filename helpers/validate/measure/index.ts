import { messageOf } from '../../errors.ts';
import { isRefusal } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { backlogTtl } from './backlog-ttl.ts';
import { catchUp } from './catch-up.ts';
import { detection } from './detection.ts';
import { failover } from './failover.ts';
import { fullResync } from './full-resync.ts';
import { margin } from './margin.ts';
import { memory } from './memory.ts';
import { replicaReads } from './reads.ts';
import { restart } from './restart.ts';
import { steadyLink } from './steady-link.ts';
import { writeSafety } from './write-safety.ts';

/** All kinds of measurements under faults, the most asked for first. Each starts what it needs and ends it. */
export const MEASUREMENTS: readonly Measurement[] = [
  margin,
  backlogTtl,
  catchUp,
  fullResync,
  steadyLink,
  detection,
  writeSafety,
  restart,
  replicaReads,
  memory,
  failover,
].map(tolerant);

/** A configuration may rename commands that a measurement needs, or keep them from its user: it then says so. */
function tolerant(measurement: Measurement): Measurement {
  return {
    ...measurement,
    run: async (...args) => {
      try {
        return await measurement.run(...args);
      } catch (thrown) {
        if (!isRefusal(thrown)) throw thrown;
        const refused = messageOf(thrown);
        return {
          findings: [
            {
              id: 'not-measured',
              severity: 'note',
              title: `Not measured: ${measurement.what}. The server does not let the test do it: ${refused}`,
              measured: [],
              why: 'The configuration renames a command that the measurement needs, or forbids it to the user that the test logs in as.',
            },
          ],
          behaviours: [],
        };
      }
    },
  };
}
