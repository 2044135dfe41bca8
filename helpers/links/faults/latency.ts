import { ChaosError } from '../../errors.ts';
import type { Direction, Fault } from '../fault.ts';
import { PING } from '../probe.ts';

/** What the answer before the fault may have been late by chance. */
const SLACK_MS = 10;

/** TCP sees: every byte later by `latencyMs`, give or take a random `jitterMs`. Order is kept. */
export function latency(
  direction: Direction,
  options: { readonly latencyMs: number; readonly jitterMs?: number },
): Fault {
  const { latencyMs, jitterMs = 0 } = options;
  if (latencyMs <= 0 || jitterMs < 0 || jitterMs >= latencyMs) {
    throw new ChaosError(
      'misuse',
      `latency: ${latencyMs} ms with jitter ${jitterMs} ms, expected a positive latency above its jitter`,
    );
  }
  const leastMs = latencyMs - jitterMs;
  return {
    kind: 'latency',
    description: `latency: ${direction} ${latencyMs} ms, jitter ${jitterMs} ms`,
    means: [
      {
        type: 'latency',
        stream: direction,
        attributes: { latency: latencyMs, jitter: jitterMs },
      },
    ],
    effect: {
      byMs: leastMs,
      question: { ...PING, withinMs: 2 * (latencyMs + jitterMs) + 2_000 },
      shows: ({ outcome, afterMs }, before) =>
        outcome === 'answered' && afterMs >= before.afterMs + leastMs - SLACK_MS,
      expected: `an answer at least ${leastMs} ms later than before`,
    },
  };
}
