import { historyObjection } from '../check/psync-agreement.ts';
import type { History } from '../check/psync-model.ts';
import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';

const BECOMES_WITHIN_MS = 20_000;

/**
 * Waits until a node has just the history that the model (`check/psync-history.ts`) says has become of the one that it
 * had. Nobody may write meanwhile.
 */
export async function hasBecome(node: Node, predicted: History, from: History): Promise<void> {
  await until(
    async () => historyObjection(await node.snapshot(), { from, predicted }),
    (objection) => objection === undefined,
    {
      what: `${node.name} to have the history that the model says`,
      withinMs: BECOMES_WITHIN_MS,
      verdict: 'correctness',
      describe: String,
    },
  );
}
