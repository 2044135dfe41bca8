import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { echo } from '../probe.ts';

const ALL_BITS = 255;

/**
 * TCP sees: nothing. On each new connection the byte at `offset` (0 is the first of this direction) has
 * bits flipped; an open connection that is past it is spared. Embedded Toxiproxy only.
 */
export function corrupt(
  direction: Direction,
  options: {
    readonly offset: number;
    /** Which bits, 1 to 255. Default: all of them. */
    readonly mask?: number;
  },
): Fault {
  const { offset, mask = ALL_BITS } = options;
  if (!Number.isInteger(offset) || offset < 0 || mask < 1 || mask > ALL_BITS) {
    throw new ChaosError(
      'misuse',
      `corrupt: bits ${mask} of byte ${offset}, expected bits from 1 to 255 and a byte of at least 0`,
    );
  }
  return {
    kind: 'corrupt',
    description: `corrupt: ${direction} bits ${mask} of byte ${offset} of each connection`,
    means: [{ type: 'corrupt', stream: direction, attributes: { offset, mask } }],
    extension: 'corrupt',
    effect: {
      // One byte more than the last in question, so that it is sure to be part of the exchange.
      question: echo(offset + 1, 5_000),
      shows: ({ outcome, intact }) => outcome !== 'refused' && !(outcome === 'answered' && intact),
      expected: 'an answer other than was sent',
    },
  };
}
