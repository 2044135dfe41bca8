import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';

const BLOCKED_WITHIN_MS = 15_000;

/** Waits until just so many clients of a node are blocked: by BLPOP and its like, or by WAIT. */
export async function blocked(node: Node, clients: number): Promise<void> {
  await until(
    async () => (await node.clientList()).filter(({ flags }) => flags.has('b')).length,
    (count) => count === clients,
    {
      what: `${clients} clients of ${node.name} to block`,
      withinMs: BLOCKED_WITHIN_MS,
      verdict: 'inconclusive',
    },
  );
}
