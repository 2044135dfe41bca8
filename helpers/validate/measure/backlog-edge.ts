import type { Backlog } from '../../observe/snapshot.ts';

/** How a server lets go of the oldest bytes of its backlog. */
export interface Rounding {
  /** Bytes are let go in blocks of so many; 1 where the backlog is a ring (before Redis 7.0). */
  readonly blockBytes: number;
  /** The offset of the first byte of some block; `undefined` if not looked for. */
  readonly boundary?: number;
}

/**
 * How many bytes of the stream a replica at this offset can miss and still be served from the backlog. A block is let go
 * as soon as what remains is no less than the size that was asked for (redis 7.0, replication.c,
 * incrementalTrimReplicationBacklog), so it depends on where in its block the next byte stands.
 */
export function predictedEdge(
  sizeBytes: number,
  replicaOffset: number,
  rounding: Rounding,
): number {
  const { blockBytes, boundary } = rounding;
  if (boundary === undefined) return sizeBytes + Math.floor(blockBytes / 2);
  const next = replicaOffset + 1;
  const blocks = Math.floor((next - boundary) / blockBytes) + 1;
  const nextBlock = boundary + blocks * blockBytes;
  return blockBytes === 1 ? sizeBytes : sizeBytes + (nextBlock - next);
}

/** Whether a replica at this offset would be served. */
export function holds(backlog: Backlog, replicaOffset: number): boolean {
  return backlog.active && backlog.firstByteOffset <= replicaOffset + 1;
}

/** Of the first bytes that a full backlog held one after the other, while little was written each time. */
export function roundingOf(firsts: readonly number[], writtenEachTime: number): Rounding {
  const distinct = [...new Set(firsts)].sort((a, b) => a - b);
  const gaps = distinct.slice(1).map((first, at) => first - (distinct[at] as number));
  const [last] = distinct.slice(-1);
  const widest = Math.max(1, ...gaps);
  // A ring lets go of just what is written.
  if (last === undefined || widest <= writtenEachTime) return { blockBytes: 1, boundary: 0 };
  return { blockBytes: widest, boundary: last };
}
