import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { echo } from '../probe.ts';

/**
 * TCP sees: each new connection closed (or, with `reset`, ended with RST) exactly behind `bytes` bytes of
 * this direction, again and again; an open connection that is past them is spared. Embedded Toxiproxy only.
 */
export function cutAt(
  direction: Direction,
  options: { readonly bytes: number; readonly reset?: boolean },
): Fault {
  const { bytes, reset = false } = options;
  if (!Number.isInteger(bytes) || bytes < 1) {
    throw new ChaosError('misuse', `cut-at: ${bytes} bytes, expected an integer of at least 1`);
  }
  return {
    kind: 'cut-at',
    description: `cut-at: ${direction} ${reset ? 'reset' : 'closed'} behind byte ${bytes} of each connection`,
    means: [{ type: 'cut_at', stream: direction, attributes: { bytes, reset } }],
    extension: 'cut_at',
    effect: {
      question: echo(bytes, 5_000),
      shows: ({ outcome, receivedBytes }) =>
        (outcome === 'closed' || outcome === 'reset') &&
        (direction === 'upstream' || reset || receivedBytes === bytes),
      expected: `the connection to end behind ${bytes} bytes`,
    },
  };
}
