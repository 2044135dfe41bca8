import type { Direction, Fault } from '../fault.ts';
import { PING } from '../probe.ts';

/**
 * TCP sees: silence, and back-pressure once buffers are full. Bytes of this direction are kept, and delivered
 * in order when the fault is healed: a pause without loss or close. Embedded Toxiproxy only.
 */
export function hold(direction: Direction): Fault {
  return {
    kind: 'hold',
    description: `hold: ${direction} bytes kept until released`,
    means: [{ type: 'hold', stream: direction, attributes: { after: 0 } }],
    extension: 'hold',
    effect: {
      question: PING,
      shows: ({ outcome }) => outcome === 'silent',
      expected: `no answer and no close for ${PING.withinMs} ms`,
    },
  };
}
