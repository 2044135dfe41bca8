import { median } from '../../median.ts';
import { now } from '../../timeline.ts';
import { idle } from '../../workload/pacing.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { type Settings, settingsOf } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showBytes, showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { behind } from './came-back.ts';
import { bytesPerSecondOver, overLink } from './over-link.ts';
import { pacedWrites } from './paced-writes.ts';
import { lags, reads } from './sampling.ts';
import { streamPerPayload } from './stream-bytes.ts';

const WARM_MS = 500;
const WAITS = 20;
const WAIT_TIMEOUT_MS = 5_000;
const SOURCE = 'https://redis.io/docs/latest/commands/wait/';

/** What a link costs while nothing is wrong: how old reads are, how long WAIT takes, and what is on its way. */
export const steadyLink: Measurement = {
  id: 'link-steady',
  what: 'how old reads of a replica are, and how long a WAIT takes, over the link',
  estimateMs: (_, { link }) =>
    link === undefined ? 0 : 3_500 + WARM_MS + WAITS * (link.latencyMs + 20),
  run: async (subject, assumptions, tell) => {
    const { link, writeBytesPerSecond: bytesPerSecond, valueBytes } = assumptions;
    const streamRate = bytesPerSecond * streamPerPayload(valueBytes);
    // Over a link that does not carry it nothing is ever steady: that is found by another measurement.
    if (link === undefined || (bytesPerSecondOver(link) as number) <= streamRate)
      return { findings: [], behaviours: [] };
    const replicas = Math.max(1, assumptions.replicas);
    await using deployment = await subject.start({ replicas, more: AT_ONCE });
    const { master, replica } = deployment;
    const settings = await settingsOf(master, subject, AT_ONCE);
    tell(`reading and waiting over ${replicas} links while ${showBytes(streamRate)}/s are written`);
    await using _narrow = await overLink(deployment, link);
    await using _writes = await pacedWrites(master, { bytesPerSecond, valueBytes });
    await idle(WARM_MS);
    await using ages = reads(replica);
    await using unheard = lags(master, replica);
    const waitsMs: number[] = [];
    const onTheWay: number[] = [];
    let acknowledgedBy = replicas;
    using client = master.dedicated();
    while (waitsMs.length < WAITS && acknowledgedBy === replicas) {
      const askedAt = now();
      await client.call('SET', 'measure:wait', String(askedAt));
      const by = Number(await client.call('WAIT', replicas, WAIT_TIMEOUT_MS));
      waitsMs.push(now() - askedAt);
      acknowledgedBy = Math.min(acknowledgedBy, by);
      onTheWay.push(await behind(deployment));
    }
    const [seen, lagSeconds] = await Promise.all([ages.stop(), unheard.stop()]);
    return judge(
      {
        agesMs: seen.flatMap(({ ageMs }) => (ageMs === undefined ? [] : [ageMs])),
        waitsMs,
        onTheWay,
        lagSeconds: Math.max(0, ...lagSeconds),
        acknowledgedBy,
      },
      { ...assumptions, replicas },
      settings,
    );
  },
};

/** What was seen while writes went on and nothing was wrong. */
export interface Steady {
  /** How old what a replica told was. */
  readonly agesMs: readonly number[];
  readonly waitsMs: readonly number[];
  /** Bytes that a replica had not applied yet. */
  readonly onTheWay: readonly number[];
  /** The longest that the master had heard nothing of a replica. */
  readonly lagSeconds: number;
  /** The fewest that a WAIT told of. */
  readonly acknowledgedBy: number;
}

export function judge(
  seen: Steady,
  { link, replicas, writeBytesPerSecond, valueBytes }: Assumptions,
  settings: Pick<Settings, 'number'>,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const latencyMs = link?.latencyMs ?? 0;
  const [age, wait, onTheWay] = [seen.agesMs, seen.waitsMs, seen.onTheWay].map((values) =>
    values.length === 0 ? 0 : median(values),
  ) as [number, number, number];
  const streamRate = writeBytesPerSecond * streamPerPayload(valueBytes);
  const maxLag = settings.number('min-replicas-max-lag');
  const isIncomplete = seen.acknowledgedBy < replicas;
  const common = {
    measured: [
      {
        what: 'age of what a replica tells, median',
        value: Math.round(age),
        unit: 'ms',
        predicted: `at least ${latencyMs}`,
      },
      {
        what: 'age of what a replica tells, at most',
        value: Math.round(Math.max(0, ...seen.agesMs)),
        unit: 'ms',
      },
      {
        what: `a write and a WAIT for ${replicas} replicas, median`,
        value: Math.round(wait),
        unit: 'ms',
        predicted: `at least ${latencyMs}`,
      },
      { what: 'the same at most', value: Math.round(Math.max(0, ...seen.waitsMs)), unit: 'ms' },
      { what: `replicas that WAIT told of, of ${replicas}, at least`, value: seen.acknowledgedBy },
      {
        what: 'acknowledged and not yet at the replica, median',
        value: Math.round(onTheWay),
        unit: 'bytes',
        predicted: Math.round((streamRate * latencyMs) / 1_000),
      },
      {
        what: `longest that the master had heard nothing of the replica, of min-replicas-max-lag ${maxLag}`,
        value: seen.lagSeconds,
        unit: 's',
      },
    ],
    why: 'A write is acknowledged before it is sent; WAIT answers when the replicas have said that they have it, a round trip later. What is on its way when a master ends is lost by a failover.',
    source: SOURCE,
  } as const;
  const steady: Finding = {
    ...common,
    id: 'link-steady',
    severity: isIncomplete ? 'risk' : 'ok',
    title: isIncomplete
      ? `WAIT does not get ${replicas} acknowledgements within ${showMs(WAIT_TIMEOUT_MS)} over this link, though nothing is wrong.`
      : `Over this link a replica tells data ${showMs(age)} old, a WAIT takes ${showMs(wait)}, and ${showBytes(onTheWay)} are acknowledged and nowhere else yet.`,
  };
  return {
    findings: [steady],
    behaviours: [
      {
        id: 'link-age',
        what: 'age of what a replica tells over the link',
        after: showMs(age),
        value: Math.round(age),
        better: 'less',
      },
      {
        id: 'link-wait',
        what: `a write and a WAIT for ${replicas} replicas over the link`,
        after: isIncomplete ? 'never' : showMs(wait),
        better: 'less',
      },
    ],
  };
}
