import type { Fault } from '../fault.ts';
import { PING } from '../probe.ts';

/** TCP sees: every connection, open or new, ended with RST until healed. */
export function reset(): Fault {
  return {
    kind: 'reset',
    description: 'reset: every connection ended with RST',
    means: [{ type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }],
    effect: {
      question: PING,
      // A published port of a container engine can turn the RST into an ordinary close.
      shows: ({ outcome, receivedBytes }) =>
        (outcome === 'reset' || outcome === 'closed') && receivedBytes === 0,
      expected: 'the connection reset before any answer',
    },
  };
}
