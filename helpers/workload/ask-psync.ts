import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';
import { rawConnection } from './raw-connection.ts';

const DECIDED_WITHIN_MS = 5_000;

/**
 * Asks a node for a partial resync as a replica would, on a connection of its own, and tells from the
 * node's counters how it decided (sync_partial_ok, sync_partial_err). Nobody else may resync meanwhile.
 * `from` is the first byte wanted, as on the wire: the applied offset plus one.
 */
export async function askPsync(
  node: Node,
  replid: string,
  from: number,
): Promise<'full' | 'partial'> {
  const before = (await node.snapshot()).counters;
  using connection = rawConnection(node);
  connection.send(`PSYNC ${replid} ${from}`);
  const { counters } = await until(
    () => node.snapshot(),
    ({ counters: now }) =>
      now.partialOk + now.partialErr === before.partialOk + before.partialErr + 1,
    { what: `${node.name} to decide PSYNC ${replid} ${from}`, withinMs: DECIDED_WITHIN_MS },
  );
  return counters.partialOk > before.partialOk ? 'partial' : 'full';
}
