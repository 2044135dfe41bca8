/**
 * A replica that is resynchronized over and over because of its upstream's output limit never gets to have its data. While
 * links are slow that is what the setting asks for. When all is healed, and nobody writes, it ends.
 */
import type { RecordedResync, RunRecord } from '../../campaign/record.ts';
import { loopInWords, type Round, resyncLoop } from '../resync-loop.ts';
import type { Checker } from './checker.ts';
import { phaseBegan } from './faults-in-force.ts';

const ENDING = /^(output-limit|other), in the (transfer|stream)$/;

export const resyncLoops: Checker = {
  name: 'resync loops',
  check: (record) => {
    const healedMs = lastHealMs(record);
    if (healedMs === undefined) return [];
    const since = record.resyncs.filter(({ atMs }) => atMs >= healedMs);
    const paths = Map.groupBy(since, ({ upstream, replica }) => `${replica} of ${upstream}`);
    return [...paths].flatMap(([path, resyncs]) => {
      const [first] = resyncs;
      const loop = resyncLoop([...resyncs].sort((a, b) => a.atMs - b.atMs).map(round));
      if (loop === undefined || first === undefined) return [];
      return [
        {
          verdict: 'liveness',
          text: `${path}, when all was healed: ${loopInWords(loop)}`,
          atMs: first.atMs,
          nodes: [first.upstream, first.replica],
        },
      ];
    });
  },
};

function lastHealMs(record: RunRecord): number | undefined {
  const healingMs = phaseBegan(record, 'healing');
  if (healingMs === undefined) return undefined;
  const heals = record.events.filter(({ what }) => what === 'heal' || what === 'started');
  return Math.max(healingMs, ...heals.map(({ atMs }) => atMs));
}

function round({ kind, ending }: RecordedResync): Round {
  const [, by, phase] = ENDING.exec(ending ?? '') ?? [];
  if (by === undefined) return { kind };
  return {
    kind,
    ending: {
      by: by === 'output-limit' ? by : 'other',
      phase: phase === 'stream' ? phase : 'transfer',
      evidence: [],
    },
  };
}
