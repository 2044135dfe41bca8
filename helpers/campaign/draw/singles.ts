import type { Random } from '../../random.ts';
import type { Direction, FaultEnd, LinkFaultSpec } from '../plan.ts';
import { afterMs, type Draft, onLink, onNode, type Path, when } from './draft.ts';
import { streamBytesPerSecond } from './estimates.ts';
import { CLIENT, type FaultKind, LINK_KINDS, sentinelNames } from './kinds.ts';
import { anyPath, clientPath, overrunWithinMs, type Stage, sentinelPath } from './stage.ts';
import { weighted } from './weighted.ts';

type LinkKind = (typeof LINK_KINDS)[number];

const KIND_WEIGHTS: Readonly<Record<FaultKind, number>> = {
  cut: 5,
  reset: 3,
  'half-open': 4,
  latency: 2,
  bandwidth: 2,
  'limit-data': 3,
  slices: 1,
  hold: 3,
  pause: 4,
  kill: 4,
  stop: 3,
  // Drawn before all others.
  move: 0,
};

/** One fault by itself, somewhere. */
export function drawSingle(
  stage: Stage,
  random: Random,
  atMs: number,
  kinds: readonly FaultKind[],
): Draft | undefined {
  const possible = kinds.map((kind) => [kind, KIND_WEIGHTS[kind]] as const);
  if (possible.every(([, weight]) => weight === 0)) return undefined;
  const kind = weighted(random, possible);
  if (kind === 'move') return undefined;
  return isLinkKind(kind)
    ? drawOnLink(stage, random, atMs, kind)
    : drawOnNode(stage, random, atMs, kind);
}

function isLinkKind(kind: FaultKind): kind is LinkKind {
  return LINK_KINDS.some((other) => other === kind);
}

function drawOnLink(stage: Stage, random: Random, atMs: number, kind: LinkKind): Draft {
  const sort = weighted(random, [
    ['data', 7],
    ['client', 2],
    ['sentinel', stage.topology.sentinels > 0 ? 3 : 0],
  ] as const);
  const path =
    sort === 'data'
      ? anyPath(stage, random, atMs)
      : sort === 'client'
        ? clientPath(stage, random)
        : sentinelPath(stage, random);
  const spec = drawSpec(stage, random, kind);
  return onLink(path, spec, atMs, drawEnd(stage, random, spec, path));
}

function drawOnNode(
  stage: Stage,
  random: Random,
  atMs: number,
  kind: 'pause' | 'kill' | 'stop',
): Draft {
  const nodes = stage.topology.nodes.map(({ name }) => name);
  const sentinels = sentinelNames(stage.topology.sentinels);
  // A Sentinel has nothing to save: to stop it is to kill it.
  const isSentinel = kind !== 'stop' && sentinels.length > 0 && random.chance(0.2);
  const end =
    kind === 'pause'
      ? afterMs(drawMs(random))
      : afterMs(random.chance(0.7) ? random.integer(50, 1_500) : drawMs(random));
  return onNode(random.pick(isSentinel ? sentinels : nodes), { kind }, atMs, end);
}

function drawEnd(stage: Stage, random: Random, spec: LinkFaultSpec, { from, to }: Path): FaultEnd {
  const isData = from !== CLIENT && stage.topology.nodes.some(({ name }) => name === from);
  if (spec.kind === 'reset') return afterMs(random.integer(50, 500));
  // What only goes the other way, to the upstream, keeps no byte from the replica.
  const isSilent = spec.kind === 'half-open' || spec.kind === 'hold';
  const stopsData = spec.kind === 'cut' || (isSilent && spec.direction === 'downstream');
  if (!isData || !stopsData || random.chance(0.5)) return afterMs(drawMs(random));
  const condition = weighted(random, [
    ['backlog-overrun', 4],
    ['backlog-half-full', 3],
    ['noticed', 2],
    ['full-resync-begun', 1],
  ] as const);
  const withinMs =
    condition === 'backlog-overrun' || condition === 'backlog-half-full'
      ? overrunWithinMs(stage, to)
      : random.integer(2_000, 8_000);
  return when(condition, withinMs);
}

/** Mostly short; long enough to be noticed, too. */
function drawMs(random: Random): number {
  return weighted(random, [
    [random.integer(50, 800), 4],
    [random.integer(800, 4_000), 4],
    [random.integer(4_000, 10_000), 1],
  ]);
}

function drawSpec(stage: Stage, random: Random, kind: LinkKind): LinkFaultSpec {
  const direction: Direction = random.chance(0.65) ? 'downstream' : 'upstream';
  const perSecond = streamBytesPerSecond(stage.workload);
  switch (kind) {
    case 'cut':
    case 'reset':
      return { kind };
    case 'half-open':
    case 'hold':
      return { kind, direction };
    case 'latency': {
      const latencyMs = random.integer(5, 500);
      return { kind, direction, latencyMs, jitterMs: random.integer(0, latencyMs - 1) };
    }
    case 'bandwidth': {
      // From a quarter of what is written to four times as much.
      const quarters = 4 ** random.integer(0, 2);
      return { kind, direction, kilobytesPerSecond: Math.ceil((perSecond * quarters) / 4_000) };
    }
    case 'limit-data':
      return { kind, direction, bytes: 2 ** random.integer(4, 17) + random.integer(0, 99) };
    case 'slices':
      // A millisecond each: so that the stream still gets through.
      return {
        kind,
        direction,
        bytes: Math.max(random.pick([7, 64, 500]), Math.ceil(perSecond / 500)),
      };
  }
}
