import type { Node } from '../deployment/node.ts';

/** The servers' own repl-timeout, in seconds. */
export const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * Sets repl-timeout from now on. To be shortened only when a fault is in force: a machine that falters for seconds must
 * not end a link before.
 */
export async function giveUpAfter(seconds: number, ...nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) await node.call('CONFIG', 'SET', 'repl-timeout', seconds);
}
