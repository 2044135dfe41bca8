import type { Node } from '../deployment/node.ts';
import { type UntilOptions, until } from '../until.ts';

const SEEN_WITHIN_MS = 15_000;

/**
 * Waits 15 s until a replica has seen that its link is down, and that nothing comes of a transfer any more. That it does not
 * is a `liveness` error, or, where it is a premise of the test, of the verdict that is given.
 */
export async function linkSeenDown(
  replica: Node,
  options: Pick<UntilOptions, 'verdict'> = {},
): Promise<void> {
  await until(
    async () => (await replica.snapshot()).upstream,
    (upstream) => upstream?.link === 'down' && !upstream.syncInProgress,
    { what: `${replica.name} to see that its link is down`, withinMs: SEEN_WITHIN_MS, ...options },
  );
}
