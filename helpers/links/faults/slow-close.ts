import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { quit } from '../probe.ts';

const SLACK_MS = 10;

/** TCP sees: the end of a connection `delayMs` later than its sender made it. */
export function slowClose(direction: Direction, options: { readonly delayMs: number }): Fault {
  const { delayMs } = options;
  if (delayMs <= 0) {
    throw new ChaosError('misuse', `slow-close: ${delayMs} ms, expected a positive delay`);
  }
  const fault: Fault = {
    kind: 'slow-close',
    description: `slow-close: ${direction} ends ${delayMs} ms late`,
    means: [{ type: 'slow_close', stream: direction, attributes: { delay: delayMs } }],
  };
  // Only the server sees that a client's end comes late: the client has gone.
  if (direction === 'upstream') return fault;
  return {
    ...fault,
    effect: {
      byMs: delayMs,
      question: quit(delayMs + 2_000),
      shows: ({ outcome, closeLagMs }, before) =>
        outcome === 'closed' && closeLagMs >= before.closeLagMs + delayMs - SLACK_MS,
      expected: `the end of the connection ${delayMs} ms later than before`,
    },
  };
}
