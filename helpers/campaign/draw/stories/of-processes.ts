import { afterMs, onLink, onNode } from '../draft.ts';
import { persistenceOf } from '../persistence.ts';
import { masterOf, middlesOf, replicasOf } from '../stage.ts';
import { between, FAILOVER_MS, RESTART_MS, type Story } from './story.ts';

/** Processes that stop, die and come back. */
export const STORIES_OF_PROCESSES: readonly Story[] = [
  ...(['pause', 'kill'] as const).map(
    (kind): Story => ({
      leadsTo: ['failover'],
      kinds: [kind],
      weight: 4,
      tell: (stage, random, atMs) =>
        stage.topology.sentinels === 0
          ? []
          : [onNode(masterOf(stage).name, { kind }, atMs, afterMs(between(random, FAILOVER_MS)))],
    }),
  ),
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
];
