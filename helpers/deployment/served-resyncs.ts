import type { ResyncEvent } from '../observe/resync.ts';
import { type ResyncNumber, resyncNumber } from '../observe/resync-number.ts';
import type { Node } from './node.ts';

/** A synchronization, and who decided it. */
export interface ServedResync extends ResyncEvent {
  /** Name of the node. */
  readonly upstream: string;
  readonly number: ResyncNumber;
}

/** The synchronizations that any of the nodes decided, by their logs, in order. */
export function resyncsServedBy(nodes: readonly Node[]): ServedResync[] {
  return nodes
    .flatMap((node) =>
      node.resyncsServed().map((event, _, all) => ({
        ...event,
        upstream: node.name,
        number: resyncNumber(all, event),
      })),
    )
    .sort((a, b) => a.readAtMs - b.readAtMs);
}
