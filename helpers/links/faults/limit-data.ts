import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { echo } from '../probe.ts';

/** TCP sees: each connection closed once `bytes` have passed in this direction. */
export function limitData(direction: Direction, options: { readonly bytes: number }): Fault {
  const { bytes } = options;
  if (!Number.isInteger(bytes) || bytes < 1) {
    throw new ChaosError('misuse', `limit-data: ${bytes} bytes, expected an integer of at least 1`);
  }
  return {
    kind: 'limit-data',
    description: `limit-data: ${direction} closed after ${bytes} bytes`,
    means: [{ type: 'limit_data', stream: direction, attributes: { bytes } }],
    effect: {
      question: echo(bytes, 5_000),
      shows: ({ outcome, receivedBytes }) =>
        (outcome === 'closed' || outcome === 'reset') && receivedBytes <= bytes,
      expected: `the connection closed with at most ${bytes} bytes received`,
    },
  };
}
