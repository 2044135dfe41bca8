import type { Random } from '../../random.ts';
import type { Plan, PlannedNode } from '../plan.ts';
import type { Path } from './draft.ts';
import { datasetBytes, numberOf, streamBytesPerSecond } from './estimates.ts';
import { CLIENT, sentinelNames } from './kinds.ts';
import { upstreamsAt } from './upstreams.ts';

/** What faults are drawn for. `faults` are those that are drawn already: moves tell who has which upstream when. */
export type Stage = Pick<Plan, 'topology' | 'workload' | 'chaosMs' | 'faults'>;

const MB = 1024 ** 2;
const OVERRUN_MS_MIN = 1_500;
/** The stream comes at a rate that writes which fail bring down. */
const OVERRUN_SLACK = 1.5;
/** How often a fault beside Sentinels is on a path that only a failover brings into use. */
const OTHER_PATH = 0.25;

export function masterOf({ topology }: Stage): PlannedNode {
  const [master] = topology.nodes;
  if (master === undefined) throw new RangeError('a plan has a master');
  return master;
}

export function replicasOf({ topology }: Stage): readonly PlannedNode[] {
  return topology.nodes.slice(1);
}

export function nodeOf({ topology }: Stage, name: string): PlannedNode {
  return topology.nodes.find((node) => node.name === name) ?? { name, config: {} };
}

/** The path on which a replica replicates at a moment. */
export function pathOf(stage: Stage, replica: string, atMs: number): Path {
  const to = upstreamsAt(stage, atMs).get(replica);
  if (to === undefined) throw new RangeError(`${replica} has no upstream`);
  return { from: replica, to };
}

/** A path on which data replicates, or may after a failover. */
export function anyPath(stage: Stage, random: Random, atMs: number): Path {
  const { nodes, sentinels } = stage.topology;
  if (sentinels === 0 || nodes.length < 3 || !random.chance(OTHER_PATH)) {
    return pathOf(stage, random.pick(replicasOf(stage)).name, atMs);
  }
  const from = random.pick(replicasOf(stage)).name;
  return { from, to: random.pick(nodes.filter(({ name }) => name !== from)).name };
}

/** Mostly to the master. */
export function clientPath(stage: Stage, random: Random): Path {
  const to = random.chance(0.7) ? masterOf(stage) : random.pick(stage.topology.nodes);
  return { from: CLIENT, to: to.name };
}

/** Between a Sentinel and a node, or two Sentinels, in any direction of connecting. */
export function sentinelPath({ topology }: Stage, random: Random): Path {
  const sentinels = sentinelNames(topology.sentinels);
  const from = random.pick(sentinels);
  const others = sentinels.filter((name) => name !== from);
  const nodes = topology.nodes.map(({ name }) => name);
  return { from, to: random.chance(0.7) ? random.pick(nodes) : random.pick(others) };
}

/** The nodes that have replicas at a moment, the master aside. */
export function middlesOf(stage: Stage, atMs: number): readonly string[] {
  const upstreams = new Set(upstreamsAt(stage, atMs).values());
  return [...upstreams].filter((name) => name !== masterOf(stage).name).sort();
}

/** How long a link must be silent until its upstream's backlog is overrun, generously. */
export function overrunWithinMs(stage: Stage, upstream: string): number {
  const backlogBytes = numberOf(nodeOf(stage, upstream), 'repl-backlog-size', MB);
  const ms = (OVERRUN_SLACK * 1_000 * backlogBytes) / streamBytesPerSecond(stage.workload);
  return Math.round(Math.min(stage.chaosMs / 3, Math.max(OVERRUN_MS_MIN, ms)));
}

/** A bandwidth at which the RDB of a moment takes about so long. */
export function slowFor(stage: Stage, atMs: number, ms: number): number {
  const written = (streamBytesPerSecond(stage.workload) * atMs) / 1_000;
  return Math.max(2, Math.round(Math.min(datasetBytes(stage.workload), written) / ms));
}
