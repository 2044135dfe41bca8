import type { Fault } from '../fault.ts';
import { PING } from '../probe.ts';

/** TCP sees: open connections closed, new ones refused, until healed. */
export function cut(): Fault {
  return {
    kind: 'cut',
    description: 'cut: connections closed, new ones refused',
    means: 'disabled',
    effect: {
      question: PING,
      // A port that a container engine publishes accepts, then closes, when nothing listens behind it.
      shows: ({ outcome, receivedBytes }) =>
        outcome !== 'answered' && outcome !== 'silent' && receivedBytes === 0,
      expected: 'the connection refused, or closed before any answer',
    },
  };
}
