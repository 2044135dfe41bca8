import type { Random } from '../../random.ts';
import type { RareState } from '../record.ts';
import { afterMs, type Draft, onLink, onNode, when } from './draft.ts';
import { CLIENT, type FaultKind } from './kinds.ts';
import { losesData, persistenceOf } from './persistence.ts';
import {
  anyPath,
  clientPath,
  masterOf,
  middlesOf,
  nodeOf,
  overrunWithinMs,
  pathOf,
  replicasOf,
  type Stage,
  slowFor,
} from './stage.ts';

/** Faults that belong together: what chance alone would seldom bring about. */
export interface Story {
  /** The rare states it leads to, if all goes as it may. */
  readonly leadsTo: readonly RareState[];
  /** All of them are needed. */
  readonly kinds: readonly FaultKind[];
  readonly weight: number;
  /** From `atMs` on; nothing where the stage has no place for it. */
  readonly tell: (stage: Stage, random: Random, atMs: number) => readonly Draft[];
}

/** A Sentinel calls a master down after 2 s, and needs some more to agree. */
const FAILOVER_MS = [4_500, 8_000] as const;
const RESTART_MS = [100, 600] as const;

function between(random: Random, [least, most]: readonly [number, number]): number {
  return random.integer(least, most);
}

function anyReplica(stage: Stage, random: Random): string {
  return random.pick(replicasOf(stage)).name;
}

/** A replica that starts anew over a slow link: a full resync whose beginning is known, and which lasts. */
function slowResync(
  stage: Stage,
  random: Random,
  atMs: number,
): {
  readonly replica: string;
  readonly upstream: string;
  readonly drafts: readonly Draft[];
  readonly runsAtMs: number;
} {
  const replica = anyReplica(stage, random);
  const path = pathOf(stage, replica, atMs);
  const downMs = between(random, RESTART_MS);
  const lastsMs = random.integer(2_000, 6_000);
  const slow = {
    kind: 'bandwidth',
    direction: 'downstream',
    kilobytesPerSecond: slowFor(stage, atMs, lastsMs),
  } as const;
  return {
    replica,
    upstream: path.to,
    drafts: [
      onLink(path, slow, atMs, afterMs(downMs + lastsMs)),
      onNode(replica, { kind: 'kill' }, atMs + 50, afterMs(downMs)),
    ],
    // A server starts in less than half a second, and asks its upstream within another.
    runsAtMs: atMs + downMs + random.integer(400, 1_500),
  };
}

export const STORIES: readonly Story[] = [
  {
    leadsTo: ['full resync after backlog overrun'],
    kinds: ['cut'],
    weight: 3,
    tell: (stage, random, atMs) => {
      const path = anyPath(stage, random, atMs);
      return [
        onLink(
          path,
          { kind: 'cut' },
          atMs,
          when('backlog-overrun', overrunWithinMs(stage, path.to)),
        ),
      ];
    },
  },
  {
    leadsTo: [
      'full resync after backlog overrun',
      'expired on the master and still held by a replica',
    ],
    kinds: ['half-open'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const path = anyPath(stage, random, atMs);
      const silence = { kind: 'half-open', direction: 'downstream' } as const;
      return [
        onLink(path, silence, atMs, when('backlog-overrun', overrunWithinMs(stage, path.to))),
      ];
    },
  },
  {
    leadsTo: ['partial across a wrap of the backlog', 'partial with the last byte of the backlog'],
    kinds: ['cut'],
    weight: 3,
    tell: (stage, random, atMs) => {
      const path = anyPath(stage, random, atMs);
      const count = random.integer(2, 3);
      return Array.from({ length: count }, (_, at) =>
        onLink(
          path,
          { kind: 'cut' },
          atMs + at * 1_500,
          random.chance(0.5) ? when('backlog-half-full', 1_200) : afterMs(random.integer(100, 900)),
        ),
      );
    },
  },
  {
    leadsTo: ['cut inside an RDB'],
    kinds: ['bandwidth', 'kill', 'cut'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const { replica, drafts, runsAtMs } = slowResync(stage, random, atMs);
      const path = pathOf(stage, replica, atMs);
      return [
        ...drafts,
        onLink(path, { kind: 'cut' }, runsAtMs, afterMs(random.integer(50, 1_000))),
      ];
    },
  },
  {
    leadsTo: ['cut inside an RDB'],
    kinds: ['limit-data', 'kill'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const replica = anyReplica(stage, random);
      const bytes = 2 ** random.integer(7, 17) + random.integer(0, 99);
      const limit = { kind: 'limit-data', direction: 'downstream', bytes } as const;
      return [
        onLink(pathOf(stage, replica, atMs), limit, atMs, afterMs(random.integer(2_000, 4_000))),
        onNode(replica, { kind: 'kill' }, atMs + 50, afterMs(between(random, RESTART_MS))),
      ];
    },
  },
  {
    leadsTo: ['replica killed while it loaded'],
    kinds: ['bandwidth', 'kill'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const { replica, drafts, runsAtMs } = slowResync(stage, random, atMs);
      return [
        ...drafts,
        onNode(replica, { kind: 'kill' }, runsAtMs, afterMs(between(random, RESTART_MS))),
      ];
    },
  },
  {
    leadsTo: ['master paused during a full resync'],
    kinds: ['bandwidth', 'kill', 'pause'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const { upstream, drafts, runsAtMs } = slowResync(stage, random, atMs);
      return [
        ...drafts,
        onNode(upstream, { kind: 'pause' }, runsAtMs, afterMs(random.integer(300, 4_000))),
      ];
    },
  },
  {
    leadsTo: ['promotion during a full resync', 'failover'],
    kinds: ['bandwidth', 'kill'],
    weight: 4,
    tell: (stage, random, atMs) => {
      if (stage.topology.sentinels === 0 || replicasOf(stage).length < 2) return [];
      const { drafts, runsAtMs } = slowResync(stage, random, atMs);
      const master = masterOf(stage).name;
      return [
        ...drafts,
        onNode(master, { kind: 'kill' }, runsAtMs, afterMs(between(random, FAILOVER_MS))),
      ];
    },
  },
  {
    leadsTo: ['failover'],
    kinds: ['pause'],
    weight: 4,
    tell: (stage, random, atMs) =>
      stage.topology.sentinels === 0
        ? []
        : [
            onNode(
              masterOf(stage).name,
              { kind: 'pause' },
              atMs,
              afterMs(between(random, FAILOVER_MS)),
            ),
          ],
  },
  {
    leadsTo: ['failover'],
    kinds: ['kill'],
    weight: 4,
    tell: (stage, random, atMs) =>
      stage.topology.sentinels === 0
        ? []
        : [
            onNode(
              masterOf(stage).name,
              { kind: 'kill' },
              atMs,
              afterMs(between(random, FAILOVER_MS)),
            ),
          ],
  },
  {
    leadsTo: ['sub-replica resynced after its upstream did', 'full resync after backlog overrun'],
    kinds: ['cut'],
    weight: 3,
    tell: (stage, random, atMs) => {
      const middles = middlesOf(stage, atMs);
      if (middles.length === 0) return [];
      const path = pathOf(stage, random.pick(middles), atMs);
      return [
        onLink(
          path,
          { kind: 'cut' },
          atMs,
          when('backlog-overrun', overrunWithinMs(stage, path.to)),
        ),
      ];
    },
  },
  {
    leadsTo: ['sub-replica resynced after its upstream did'],
    kinds: ['kill'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const middles = middlesOf(stage, atMs);
      if (middles.length === 0) return [];
      return [
        onNode(random.pick(middles), { kind: 'kill' }, atMs, afterMs(between(random, RESTART_MS))),
      ];
    },
  },
  {
    leadsTo: ['restart with a partial resync'],
    kinds: ['stop'],
    weight: 3,
    tell: (stage, random, atMs) => {
      const keeping = replicasOf(stage).filter((node) => persistenceOf(node) === 'rdb');
      if (keeping.length === 0) return [];
      const { name } = random.pick(keeping);
      return [onNode(name, { kind: 'stop' }, atMs, afterMs(between(random, RESTART_MS)))];
    },
  },
  {
    leadsTo: ['restart with a partial resync', 'partial with the last byte of the backlog'],
    kinds: ['stop', 'cut'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const master = masterOf(stage);
      if (persistenceOf(master) !== 'rdb') return [];
      const below = replicasOf(stage).filter(({ replicaOf }) => replicaOf === master.name);
      const path = { from: random.pick(below).name, to: master.name };
      const stopMs = between(random, RESTART_MS);
      // It is back after the writers are: of the new backlog it lacks all, and nothing else.
      return [
        onNode(master.name, { kind: 'stop' }, atMs, afterMs(stopMs)),
        onLink(path, { kind: 'cut' }, atMs + 50, afterMs(stopMs + random.integer(800, 2_000))),
      ];
    },
  },
  {
    leadsTo: ['unknown outcome that took effect'],
    kinds: ['half-open'],
    weight: 2,
    tell: (stage, random, atMs) => [
      onLink(
        clientPath(stage, random),
        { kind: 'half-open', direction: 'downstream' },
        atMs,
        afterMs(random.integer(300, 3_000)),
      ),
    ],
  },
  {
    leadsTo: ['two faults on one path', 'expired on the master and still held by a replica'],
    kinds: ['latency', 'cut'],
    weight: 2,
    tell: (stage, random, atMs) => {
      const path = anyPath(stage, random, atMs);
      const latencyMs = random.integer(50, 600);
      const late = {
        kind: 'latency',
        direction: 'downstream',
        latencyMs,
        jitterMs: Math.floor(latencyMs / 3),
      } as const;
      const lastsMs = random.integer(2_000, 6_000);
      return [
        onLink(path, late, atMs, afterMs(lastsMs)),
        onLink(
          path,
          { kind: 'cut' },
          atMs + random.integer(500, 1_500),
          afterMs(random.integer(100, 1_500)),
        ),
      ];
    },
  },
  {
    leadsTo: ['expired on the master and still held by a replica'],
    kinds: ['hold'],
    weight: 2,
    tell: (stage, random, atMs) => [
      onLink(
        anyPath(stage, random, atMs),
        { kind: 'hold', direction: 'downstream' },
        atMs,
        afterMs(random.integer(500, 6_000)),
      ),
    ],
  },
  {
    leadsTo: [],
    kinds: ['reset'],
    weight: 1,
    // All replicas come back at once.
    tell: (stage, _random, atMs) =>
      replicasOf(stage).map(({ name }) =>
        onLink(pathOf(stage, name, atMs), { kind: 'reset' }, atMs, afterMs(200)),
      ),
  },
  {
    leadsTo: [],
    kinds: ['cut'],
    weight: 2,
    // A node is alone: from its upstream, its replicas, and those who ask it.
    tell: (stage, random, atMs) => {
      const node = anyReplica(stage, random);
      const lastsMs = random.integer(500, 5_000);
      const paths = [
        pathOf(stage, node, atMs),
        ...replicasOf(stage)
          .map(({ name }) => pathOf(stage, name, atMs))
          .filter(({ to }) => to === node),
        { from: CLIENT, to: node },
      ];
      return paths.map((path) => onLink(path, { kind: 'cut' }, atMs, afterMs(lastsMs)));
    },
  },
];

/** How often a fault that loses what was acknowledged is let through. */
export const LOSSY = 0.1;

/** Whether a fault makes a node that may be the master come back with less than it had. */
export function isLossy(stage: Stage, draft: Draft): boolean {
  if (draft.on !== 'node') return false;
  const mayBeMaster = stage.topology.sentinels > 0 || draft.node === masterOf(stage).name;
  return mayBeMaster && losesData(nodeOf(stage, draft.node), draft.fault.kind);
}
