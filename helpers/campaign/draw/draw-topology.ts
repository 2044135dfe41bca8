import type { Random } from '../../random.ts';
import type { PlannedNode } from '../plan.ts';
import { DEPTH_MAX, NODES_MAX, WATCHED_NODES_MAX } from './kinds.ts';
import type { Pins } from './pins.ts';
import { weighted } from './weighted.ts';

const SENTINELS_CHANCE = 0.15;
const MASTER = 'master';

/** Who replicates from whom, before anybody has a configuration. */
export interface Shape {
  readonly nodes: readonly Pick<PlannedNode, 'name' | 'replicaOf'>[];
  readonly sentinels: number;
}

/** A tree of up to six nodes and depth four; or, seldom, Sentinels, and then a master with one to three replicas. */
export function drawTopology(random: Random, pins: Pins): Shape {
  const sentinels = drawSentinels(random.fork('sentinels'), pins);
  const depthMin = pins.depth ?? 1;
  const asked = askedReplicas(pins);
  const direct = Math.max(1, asked);
  const most = sentinels > 0 ? WATCHED_NODES_MAX : NODES_MAX;
  const least = Math.max(
    // A master, those that it needs, and the rest of the line to the lowest.
    direct + depthMin,
    needsThree(pins, sentinels) ? 3 : 2,
    // After a failover the old master is missing for a while.
    sentinels > 0 && asked > 0 ? asked + 2 : 2,
  );
  const nodes = pins.nodes ?? drawCount(random.fork('nodes'), Math.min(least, most), most);
  const deepest = sentinels > 0 ? 1 : Math.min(DEPTH_MAX, nodes - direct);
  const depth = pins.depth ?? drawDepth(random.fork('depth'), deepest);
  return { nodes: tree(random.fork('tree'), { nodes, depth, direct }), sentinels };
}

function drawSentinels(random: Random, pins: Pins): number {
  if (pins.sentinels !== undefined) return pins.sentinels;
  const isDeep = (pins.depth ?? 1) > 1 || (pins.nodes ?? 2) > WATCHED_NODES_MAX;
  const onlyMoves = pins.faults?.every((kind) => kind === 'move') ?? false;
  const asked = askedReplicas(pins);
  const isTooFew = asked > 0 && asked > (pins.nodes ?? WATCHED_NODES_MAX) - 2;
  if (isDeep || onlyMoves || isTooFew || !random.chance(SENTINELS_CHANCE)) return 0;
  return weighted(random, [
    [3, 5],
    [5, 1],
  ]);
}

/** How many replicas a master needs to take writes, as far as it is pinned. */
function askedReplicas({ config }: Pins): number {
  return Number(config?.['min-replicas-to-write'] ?? 0);
}

/** A replica can only move where there is another to move to. */
function needsThree({ faults }: Pins, sentinels: number): boolean {
  return sentinels === 0 && (faults?.every((kind) => kind === 'move') ?? false);
}

function drawCount(random: Random, least: number, most: number): number {
  const weights = [2, 3, 3, 2, 2].map((weight, at) => [at + 2, weight] as const);
  return weighted(
    random,
    weights.filter(([count]) => count >= least && count <= most),
  );
}

function drawDepth(random: Random, deepest: number): number {
  const weights = [4, 4, 2, 2].map((weight, at) => [at + 1, weight] as const);
  return weighted(
    random,
    weights.filter(([depth]) => depth <= deepest),
  );
}

/** A line of `depth` replicas, as many below the master as it needs, and the others anywhere that is not deeper. */
function tree(
  random: Random,
  sizes: { readonly nodes: number; readonly depth: number; readonly direct: number },
): Shape['nodes'] {
  const drawn: { name: string; replicaOf?: string; depth: number }[] = [{ name: MASTER, depth: 0 }];
  for (let at = 1; at < sizes.nodes; at += 1) {
    const name = `replica-${at}`;
    const isInLine = at <= sizes.depth;
    const isDirect = at < sizes.depth + sizes.direct;
    const upstream = isInLine
      ? drawn[at - 1]
      : isDirect
        ? drawn[0]
        : random.pick(drawn.filter(({ depth }) => depth < sizes.depth));
    if (upstream === undefined) throw new RangeError(`no upstream for ${name}`);
    drawn.push({ name, replicaOf: upstream.name, depth: upstream.depth + 1 });
  }
  return drawn.map(({ name, replicaOf }) =>
    replicaOf === undefined ? { name } : { name, replicaOf },
  );
}
