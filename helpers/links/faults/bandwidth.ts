import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { echo } from '../probe.ts';

const PROOF_MS = 100;
const PROOF_BYTES_MAX = 4_000_000;

/** TCP sees: at most `kilobytesPerSecond` in this direction, per connection; a sender that is slowed down. */
export function bandwidth(
  direction: Direction,
  options: { readonly kilobytesPerSecond: number },
): Fault {
  const { kilobytesPerSecond } = options;
  if (!Number.isInteger(kilobytesPerSecond) || kilobytesPerSecond < 1) {
    throw new ChaosError(
      'misuse',
      `bandwidth: ${kilobytesPerSecond} KB/s, expected an integer of at least 1`,
    );
  }
  const payloadBytes = Math.min(PROOF_BYTES_MAX, kilobytesPerSecond * PROOF_MS);
  const expectedMs = payloadBytes / kilobytesPerSecond;
  return {
    kind: 'bandwidth',
    description: `bandwidth: ${direction} ${kilobytesPerSecond} KB/s`,
    means: [{ type: 'bandwidth', stream: direction, attributes: { rate: kilobytesPerSecond } }],
    effect: {
      byMs: expectedMs / 2,
      // So much that the proof is cut short may take longer by itself.
      ...(payloadBytes < PROOF_BYTES_MAX && { plainBelowMs: expectedMs / 2 }),
      question: echo(payloadBytes, 10 * expectedMs + 2_000),
      // Half of the nominal time: the toxic works in portions and lets the first one pass early.
      shows: ({ outcome, afterMs }, before) =>
        outcome === 'answered' && afterMs >= Math.max(before.afterMs, expectedMs / 2),
      expected: `${payloadBytes} bytes to take at least ${Math.round(expectedMs / 2)} ms`,
    },
  };
}
