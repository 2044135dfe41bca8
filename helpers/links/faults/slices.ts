import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { echo } from '../probe.ts';

const PROOF_MS = 50;
const PROOF_SLICES_MAX = 2_000;

/** TCP sees: data cut into small segments of about `averageBytes`, with `delayUs` between them. */
export function slices(
  direction: Direction,
  options: {
    readonly averageBytes: number;
    /** Default 0. Must be below `averageBytes`. */
    readonly variationBytes?: number;
    /** Microseconds. */
    readonly delayUs: number;
  },
): Fault {
  const { averageBytes, variationBytes = 0, delayUs } = options;
  if (averageBytes < 1 || variationBytes < 0 || variationBytes >= averageBytes || delayUs < 1) {
    throw new ChaosError(
      'misuse',
      `slices: ${averageBytes} bytes give or take ${variationBytes} every ${delayUs} µs, expected at least 1 byte, a variation below it, and a delay of at least 1 µs`,
    );
  }
  const count = Math.min(PROOF_SLICES_MAX, Math.ceil((PROOF_MS * 1_000) / delayUs));
  const leastMs = (count * delayUs) / 1_000 / 2;
  return {
    kind: 'slices',
    description: `slices: ${direction} about ${averageBytes} bytes (±${variationBytes}) every ${delayUs} µs`,
    means: [
      {
        type: 'slicer',
        stream: direction,
        attributes: {
          average_size: averageBytes,
          size_variation: variationBytes,
          delay: delayUs,
        },
      },
    ],
    effect: {
      // What it takes in truth is a multiple: every pause is longer than asked for.
      byMs: 4 * leastMs,
      question: echo(count * averageBytes, 20 * PROOF_MS + 5_000),
      shows: ({ outcome, afterMs }, before) =>
        outcome === 'answered' && afterMs >= before.afterMs + leastMs,
      expected: `${count * averageBytes} bytes to take at least ${leastMs.toFixed(1)} ms longer than before`,
    },
  };
}
