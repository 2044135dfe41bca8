import type { Direction, Fault } from '../fault.ts';
import { PING } from '../probe.ts';

/**
 * TCP sees: silence. Bytes of these directions are accepted and dropped, nothing is closed. Because
 * bytes are gone, healing ends the connections that were open (Toxiproxy's `timeout` closes on removal).
 */
export function halfOpen(directions: Direction | 'both'): Fault {
  const streams: readonly Direction[] =
    directions === 'both' ? ['upstream', 'downstream'] : [directions];
  return {
    kind: 'half-open',
    description: `half-open: silence ${streams.join(' and ')}`,
    means: streams.map((stream) => ({ type: 'timeout', stream, attributes: { timeout: 0 } })),
    effect: {
      question: PING,
      shows: ({ outcome }) => outcome === 'silent',
      expected: `no answer and no close for ${PING.withinMs} ms`,
    },
  };
}
