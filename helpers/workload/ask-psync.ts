import { createConnection } from 'node:net';
import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';

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
  const socket = createConnection(node.server.outside);
  socket.on('error', () => {
    // A connection that the node ends has been answered: the counters tell how.
  });
  socket.resume();
  socket.write(`PSYNC ${replid} ${from}\r\n`);
  try {
    const { counters } = await until(
      () => node.snapshot(),
      ({ counters: now }) =>
        now.partialOk + now.partialErr === before.partialOk + before.partialErr + 1,
      { what: `${node.name} to decide PSYNC ${replid} ${from}`, withinMs: DECIDED_WITHIN_MS },
    );
    return counters.partialOk > before.partialOk ? 'partial' : 'full';
  } finally {
    socket.destroy();
  }
}
