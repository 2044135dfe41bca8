import type { Node } from '../deployment/node.ts';
import { writeBytes } from './write-bytes.ts';

/** As many keys as `writeBytes` writes. */
const KEYS = 16;
const US_PER_MS = 1_000;

/**
 * Gives a node 16 keys and makes it pause before each when it writes an RDB, so that one takes `rdbMs` in all
 * (rdb-key-save-delay). Between two pauses it sends what it has, or sees that nobody is there: values of 50 KB, by
 * default, go out one by one.
 */
export async function slowRdb(
  node: Node,
  { rdbMs, valueBytes = 50_000 }: { readonly rdbMs: number; readonly valueBytes?: number },
): Promise<void> {
  await writeBytes(node.callBuffer, { seed: 0, bytes: KEYS * valueBytes, valueBytes });
  await node.call('CONFIG', 'SET', 'rdb-key-save-delay', Math.round((rdbMs / KEYS) * US_PER_MS));
  node.deployment.timeline.record(node.name, `from now on an RDB takes ${rdbMs} ms`);
}

/** RDBs that begin from now on are written without pauses. */
export async function fastRdb(node: Node): Promise<void> {
  await node.call('CONFIG', 'SET', 'rdb-key-save-delay', 0);
  node.deployment.timeline.record(node.name, 'from now on an RDB takes no time');
}
