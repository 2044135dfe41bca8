import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';

const PROMOTED_WITHIN_MS = 15_000;

/** REPLICAOF NO ONE, which is refused for as long as an RDB is being loaded: asks until it is not. */
export async function promoted(replica: Node): Promise<void> {
  await until(
    () => replica.promote(),
    () => true,
    { what: `${replica.name} to be promoted`, withinMs: PROMOTED_WITHIN_MS },
  );
}
