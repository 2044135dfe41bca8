import type { Node } from '../deployment/node.ts';
import { PING_BYTES } from '../workload/pings.ts';

/** Where a node stands in which history. */
export interface Position {
  readonly replid: string;
  readonly offset: number;
  readonly link: string;
}

export async function positionOf(node: Node): Promise<Position> {
  const { replid, offset, upstream } = await node.snapshot();
  return { replid, offset, link: upstream?.link ?? 'none' };
}

export function positionInWords({ replid, offset, link }: Position): string {
  return `byte ${offset} of ${replid.slice(0, 8)} (link ${link})`;
}

/**
 * Whether a master wrote between two positions, of which it says that it counted so many changes; undefined where it does not
 * tell. PINGs alone are no writes: no large dataset is read between two of them.
 */
export function hasWritten(before: Position, after: Position, changes: number | undefined) {
  const bytes = after.offset - before.offset;
  if (after.replid !== before.replid) return true;
  return bytes !== 0 && (changes !== 0 || bytes % PING_BYTES !== 0);
}
