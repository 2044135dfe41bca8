import { ChaosError } from '../../errors.ts';
import type { Direction, Effect, Fault } from '../fault.ts';
import { echo } from '../probe.ts';

/** Enough that a client who is sent them reads many times, where an ordinary answer takes a read or two. */
const PROOF_SLICES = 400;
const PROOF_READS = 20;
/** Sent to a server, slices only show in the time they take. */
const PROOF_MS = 50;
const PROOF_SLICES_MAX = 1_000;

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
    effect:
      direction === 'downstream' ? showsInReads(averageBytes) : showsInTime(averageBytes, delayUs),
  };
}

function showsInReads(averageBytes: number): Effect {
  const bytes = PROOF_SLICES * averageBytes;
  return {
    question: echo(bytes, 5_000),
    shows: ({ outcome, reads }) => outcome === 'answered' && reads >= PROOF_READS,
    expected: `${bytes} bytes to come in at least ${PROOF_READS} pieces`,
  };
}

function showsInTime(averageBytes: number, delayUs: number): Effect {
  const count = Math.min(PROOF_SLICES_MAX, Math.ceil((PROOF_MS * 1_000) / delayUs));
  const leastMs = (count * delayUs) / 1_000 / 2;
  const bytes = count * averageBytes;
  return {
    question: echo(bytes, 5_000),
    // In truth it takes a multiple: every pause is longer than asked for.
    byMs: 8 * leastMs,
    shows: ({ outcome, afterMs }, before) =>
      outcome === 'answered' && afterMs >= before.afterMs + leastMs,
    expected: `${bytes} bytes to take at least ${leastMs.toFixed(1)} ms longer than before`,
  };
}
