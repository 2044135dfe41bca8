import type { Node } from '../deployment/node.ts';
import { parseInfo } from '../observe/info.ts';
import { until } from '../until.ts';

const WITHIN_MS = 20_000;
const BUSY = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'];

/**
 * Waits until no process of a node's writes an RDB or an append-only file. What sends the RDB of a full resync may
 * outlive the transfer, and keeps SAVE away. A replica writes its append-only file anew after each full resync: until
 * that is done a crash leaves it with the file of before, and it refuses to end in order.
 */
export async function filesWritten(node: Node): Promise<void> {
  await until(
    async () => {
      const fields = parseInfo(await node.info());
      return BUSY.filter((name) => fields.get(name) === '1');
    },
    (busy) => busy.length === 0,
    { what: `${node.name} to have written its files`, withinMs: WITHIN_MS },
  );
}

/** Saves the RDB of a node: SAVE, as soon as nothing else is being saved. */
export async function saveRdb(node: Node): Promise<void> {
  await filesWritten(node);
  await node.call('SAVE');
}
