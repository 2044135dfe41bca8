import { noPings } from '../../deployment/config.ts';
import { cut } from '../../links/faults/index.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import type { Behaviour, Finding } from '../report.ts';
import { settingsInFile } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showMs } from '../units.ts';
import { samePlace, watchReturn } from './came-back.ts';

const MEASURED_SECONDS = 1;
const LATE_SECONDS = 3;
const HEADROOM = 2;

/** A master that has no replica at all gives its backlog up: measured only where the asked outage is longer than that takes. */
export const backlogTtl: Measurement = {
  id: 'backlog-ttl',
  what: 'how long a master without any replica keeps its backlog',
  estimateMs: (subject, { outageMs }) =>
    isShort(settingsInFile(subject).number('repl-backlog-ttl'), outageMs) ? 6_000 : 0,
  run: async (subject, { outageMs }, tell) => {
    const ttl = settingsInFile(subject).number('repl-backlog-ttl');
    const behaviours: Behaviour[] = [
      {
        id: 'backlog-ttl',
        what: 'a master without any replica keeps its backlog for',
        after: ttl === 0 ? 'ever' : showMs(1_000 * ttl),
      },
    ];
    if (!isShort(ttl, outageMs)) return { findings: [], behaviours };
    const measuredAt = Math.min(ttl, MEASURED_SECONDS);
    await using pair = await subject.start({
      replicas: 1,
      more: { ...noPings, 'repl-diskless-sync-delay': 0, 'repl-backlog-ttl': measuredAt },
    });
    const { master, replica } = pair;
    await master.call('SET', 'measure:ttl', '1');
    await samePlace(replica, master);
    tell(`cutting the only replica off, repl-backlog-ttl ${measuredAt} s`);
    const outage = await replica.link.apply(cut());
    const cutAt = now();
    await until(
      async () => (await master.snapshot()).backlog.active,
      (active) => !active,
      {
        what: `${master.name} to give its backlog up`,
        withinMs: 1_000 * (measuredAt + LATE_SECONDS) + 5_000,
      },
    );
    const freedMs = now() - cutAt;
    const back = await watchReturn(pair);
    await outage.heal();
    const cameBack = await back.come();
    const finding: Finding = {
      id: 'backlog-ttl',
      severity: 'risk',
      title: `When all replicas are away for ${showMs(outageMs)}, the master gives its backlog up after ${ttl} s: all of them take a full resync, however little was written.`,
      measured: [
        {
          what: `the backlog is given up after, measured with repl-backlog-ttl ${measuredAt}`,
          value: Math.round(freedMs),
          unit: 'ms',
          predicted: `${1_000 * measuredAt} to ${1_000 * (measuredAt + LATE_SECONDS)}`,
        },
        {
          what: 'the replica then comes back by',
          value: `a ${cameBack} resync`,
          predicted: 'a full resync',
        },
      ],
      why: 'A master without replicas frees its backlog after repl-backlog-ttl seconds; 0 is never.',
      source: 'redis 7.0, replication.c, replicationCron',
      remedy: {
        directive: 'repl-backlog-ttl',
        value: String(Math.ceil((HEADROOM * outageMs) / 1_000)),
      },
    };
    return { findings: [finding], behaviours };
  },
};

function isShort(ttlSeconds: number, outageMs: number): boolean {
  return ttlSeconds > 0 && 1_000 * ttlSeconds < outageMs;
}
