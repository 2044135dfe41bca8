import type { Deployment } from './deployment.ts';

/**
 * How many full and partial resyncs each node has served, by its own count (sync_full, sync_partial_ok). Nodes
 * that served none are left out, and so are kinds of which there was none.
 */
export type SyncCounts = Readonly<
  Record<string, { readonly full?: number; readonly partial?: number }>
>;

/**
 * Reads the counts of all nodes of a deployment, or of some, or what they have grown by since an earlier reading. A node that was
 * started anew since then counts from 0.
 */
export async function syncCounts(
  { nodes }: Pick<Deployment, 'nodes'>,
  since: SyncCounts = {},
): Promise<SyncCounts> {
  const counts = await Promise.all(
    nodes.map(async (node) => {
      const { counters } = await node.snapshot();
      const full = counters.full - (since[node.name]?.full ?? 0);
      const partial = counters.partialOk - (since[node.name]?.partial ?? 0);
      return [
        node.name,
        { ...(full !== 0 && { full }), ...(partial !== 0 && { partial }) },
      ] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, served]) => Object.keys(served).length > 0));
}
