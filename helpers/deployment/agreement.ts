import { messageOf } from '../errors.ts';
import type { SyncCounters } from '../observe/snapshot.ts';
import type { Node } from './node.ts';

/**
 * Where a running node's counters (sync_full, sync_partial_ok) and its log do not tell the same story of
 * the process that runs now, in words. A log can come later than the counters: then they will agree.
 * Nodes that the harness has stopped or paused are left out.
 */
export async function disagreements(nodes: readonly Node[]): Promise<string[]> {
  const all = await Promise.all(nodes.map(disagreementOf));
  return all.filter((one) => one !== undefined);
}

async function disagreementOf(upstream: Node): Promise<string | undefined> {
  if (upstream.server.exit !== undefined || upstream.isPaused) return undefined;
  let counters: SyncCounters;
  try {
    ({ counters } = await upstream.snapshot());
  } catch (thrown) {
    return `${upstream.name} does not tell its counters: ${messageOf(thrown)}`;
  }
  const served = upstream.resyncsServed().filter(({ boot }) => boot === upstream.server.log.boot);
  const told = {
    full: served.filter(({ kind }) => kind === 'full').length,
    partialOk: served.filter(({ kind, mainChannel }) => kind === 'partial' || mainChannel).length,
  };
  if (told.full === counters.full && told.partialOk === counters.partialOk) return undefined;
  return `${upstream.name} counts ${JSON.stringify(counters)}, its log tells ${JSON.stringify(told)}`;
}
