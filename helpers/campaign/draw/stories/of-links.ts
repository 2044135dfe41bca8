import type { FaultEnd } from '../../plan.ts';
import { afterMs, onLink, type Path, when } from '../draft.ts';
import { CLIENT } from '../kinds.ts';
import {
  anyPath,
  clientPath,
  middlesOf,
  overrunWithinMs,
  pathOf,
  replicasOf,
  type Stage,
} from '../stage.ts';
import { anyReplica, type Story } from './story.ts';

/** What links do by themselves. */
export const STORIES_OF_LINKS: readonly Story[] = [
  {
    leadsTo: ['full resync after backlog overrun'],
    kinds: ['cut'],
    weight: 3,
    tell: (stage, random, atMs) => {
      const path = anyPath(stage, random, atMs);
      return [onLink(path, { kind: 'cut' }, atMs, untilOverrun(stage, path))];
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
      return [onLink(path, silence, atMs, untilOverrun(stage, path))];
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
    leadsTo: ['sub-replica resynced after its upstream did', 'full resync after backlog overrun'],
    kinds: ['cut'],
    weight: 3,
    tell: (stage, random, atMs) => {
      const middles = middlesOf(stage, atMs);
      if (middles.length === 0) return [];
      const path = pathOf(stage, random.pick(middles), atMs);
      return [onLink(path, { kind: 'cut' }, atMs, untilOverrun(stage, path))];
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

function untilOverrun(stage: Stage, { to }: Path): FaultEnd {
  return when('backlog-overrun', overrunWithinMs(stage, to));
}
