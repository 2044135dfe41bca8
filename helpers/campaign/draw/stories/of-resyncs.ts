import type { Random } from '../../../random.ts';
import { afterMs, type Draft, onLink, onNode } from '../draft.ts';
import { masterOf, pathOf, replicasOf, type Stage, slowFor } from '../stage.ts';
import { anyReplica, between, FAILOVER_MS, RESTART_MS, type Story } from './story.ts';

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

/** Full resyncs that last, and what happens to them. */
export const STORIES_OF_RESYNCS: readonly Story[] = [
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
    kinds: ['bandwidth', 'kill', 'pause'],
    weight: 4,
    tell: (stage, random, atMs) => {
      if (stage.topology.sentinels === 0 || replicasOf(stage).length < 2) return [];
      const { upstream, drafts, runsAtMs } = slowResync(stage, random, atMs);
      const master = masterOf(stage).name;
      // Its death would end a resync of its own at once; to a master that only stands still, the replica listens on.
      const kind = upstream === master ? 'pause' : 'kill';
      return [...drafts, onNode(master, { kind }, runsAtMs, afterMs(between(random, FAILOVER_MS)))];
    },
  },
];
