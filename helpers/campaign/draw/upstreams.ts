import type { Plan, PlannedFault } from '../plan.ts';

/** What moves need to know of a plan. */
export type Shape = Pick<Plan, 'topology' | 'faults'>;

export interface Move {
  readonly id: string;
  readonly node: string;
  readonly to: string;
  readonly atMs: number;
}

/** The moves of a plan, in the order of their times. */
export function movesOf(faults: readonly PlannedFault[]): Move[] {
  return faults
    .flatMap((fault) =>
      fault.on === 'node' && fault.fault.kind === 'move'
        ? [{ id: fault.id, node: fault.node, to: fault.fault.to, atMs: fault.atMs }]
        : [],
    )
    .sort((a, b) => a.atMs - b.atMs);
}

/** Upstreams by replica at a moment, if every move before it was made. */
export function upstreamsAt({ topology, faults }: Shape, atMs: number): Map<string, string> {
  const upstreams = new Map<string, string>();
  for (const { name, replicaOf } of topology.nodes) {
    if (replicaOf !== undefined) upstreams.set(name, replicaOf);
  }
  for (const move of movesOf(faults)) {
    if (move.atMs <= atMs) upstreams.set(move.node, move.to);
  }
  return upstreams;
}

/** Whether `node` is `ancestor` or stands below it. */
export function isBelow(
  upstreams: ReadonlyMap<string, string>,
  node: string,
  ancestor: string,
): boolean {
  const seen = new Set<string>();
  for (
    let at: string | undefined = node;
    at !== undefined && !seen.has(at);
    at = upstreams.get(at)
  ) {
    if (at === ancestor) return true;
    seen.add(at);
  }
  return false;
}

/**
 * Whether `node` can come to stand at or below `ancestor` if any of the moves are made and others are not: a move is passed
 * over where its node is down.
 */
export function canBeBelow({ topology, faults }: Shape, node: string, ancestor: string): boolean {
  const above = new Map<string, Set<string>>();
  const add = (name: string, upstream: string) =>
    above.set(name, (above.get(name) ?? new Set()).add(upstream));
  for (const { name, replicaOf } of topology.nodes) {
    if (replicaOf !== undefined) add(name, replicaOf);
  }
  for (const move of movesOf(faults)) add(move.node, move.to);
  const seen = new Set<string>();
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === ancestor) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(above.get(at) ?? []));
  }
  return false;
}
