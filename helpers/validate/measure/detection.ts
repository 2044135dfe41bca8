import { halfOpen } from '../../links/faults/index.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import { idle } from '../../workload/pacing.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { type Settings, settingsInFile, settingsOf } from '../settings.ts';
import type { Measurement, Subject } from '../subject.ts';
import { showBytes, showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { bytesPerSecondOver, overLink } from './over-link.ts';
import { pacedWrites } from './paced-writes.ts';
import { timeoutFor, unheardFor } from './resync-timeout.ts';
import { reads } from './sampling.ts';
import { streamPerPayload } from './stream-bytes.ts';

/** Longer timeouts are measured at this one: the rule is the same. */
const MEASURED_MAX_SECONDS = 3;
/** Servers look once a second, at whole seconds, for more than the timeout. */
const LATE_SECONDS = 2;
const SLACK_MS = 5_000;
/** Enough to see whether writes go on. */
const WRITTEN_PER_SECOND = 100_000;
const SHORTEST_ADVISED_SECONDS = 5;
const SOURCE = 'redis 7.0, replication.c, replicationCron';

/** How long each side of a link that went silent believes in it, and what reads and writes come to meanwhile. */
export const detection: Measurement = {
  id: 'detection',
  what: 'how long until each side notices a half-open link',
  estimateMs: (subject) =>
    5_000 + 1_000 * Math.min(MEASURED_MAX_SECONDS, settingsInFile(subject).number('repl-timeout')),
  run: async (subject, assumptions, tell) => {
    const inFile = settingsInFile(subject);
    const timeout = inFile.number('repl-timeout');
    const measuredAt = Math.min(timeout, MEASURED_MAX_SECONDS);
    if (inFile.number('repl-ping-replica-period') >= timeout) {
      return flapping(subject, measuredAt, inFile, tell);
    }
    const more = {
      ...AT_ONCE,
      ...(measuredAt < timeout && { 'repl-timeout': measuredAt, 'repl-ping-replica-period': 1 }),
    };
    await using pair = await subject.start({ replicas: 1, more });
    const settings = await settingsOf(pair.master, subject, more);
    const { master, replica } = pair;
    await using _narrow = await overLink(pair, assumptions.link);
    const bytesPerSecond = Math.min(
      WRITTEN_PER_SECOND,
      (bytesPerSecondOver(assumptions.link) ?? Infinity) / 2,
    );
    await using writes = await pacedWrites(master, { bytesPerSecond, valueBytes: 1_000 });
    await using seen = reads(replica);
    tell(`silencing a link, repl-timeout ${measuredAt} s`);
    await using silence = await replica.link.apply(halfOpen('both'), { unproven: true });
    const silentAt = now();
    const withinMs = 1_000 * (measuredAt + LATE_SECONDS) + SLACK_MS;
    const [replicaMs, masterMs] = await Promise.all([
      until(
        async () => (await replica.snapshot()).upstream?.link,
        (link) => link === 'down',
        { what: `${replica.name} to notice that its link is silent`, withinMs },
      ).then(() => now() - silentAt),
      until(
        async () => (await master.snapshot()).replicas.length,
        (attached) => attached === 0,
        { what: `${master.name} to notice that a link is silent`, withinMs },
      ).then(() => now() - silentAt),
    ]);
    await idle(500);
    const all = await seen.stop();
    const { refused } = await writes.stop();
    await silence.heal();
    const told = all.filter(({ atMs }) => atMs > silentAt + replicaMs).at(-1);
    return judge(
      { replicaMs, masterMs, measuredAt, timeout, refusedWrites: refused, afterIt: told?.refusal },
      assumptions,
      settings,
    );
  },
};

export interface Noticed {
  readonly replicaMs: number;
  readonly masterMs: number;
  /** The timeout that they were measured with, and the one that is configured, in seconds. */
  readonly measuredAt: number;
  readonly timeout: number;
  readonly refusedWrites: number;
  /** How the replica refuses reads once it has noticed; absent: it serves old data. */
  readonly afterIt?: string | undefined;
}

/** What was noticed when, in words, computed for the configured timeout where another was measured. */
export function judge(
  noticed: Noticed,
  assumptions: Assumptions,
  settings: Pick<Settings, 'number'>,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const { replicaMs, masterMs, measuredAt, timeout, afterIt } = noticed;
  const latestMs = 1_000 * (timeout + LATE_SECONDS);
  const at = measuredAt < timeout ? `, measured with repl-timeout ${measuredAt}` : '';
  const linkMs = assumptions.link?.latencyMs ?? 0;
  const bound = `${measuredAt * 1_000} to ${(measuredAt + LATE_SECONDS) * 1_000 + linkMs}`;
  const keepalive = settings.number('tcp-keepalive');
  const streamRate = assumptions.writeBytesPerSecond * streamPerPayload(assumptions.valueBytes);
  const missedBytes = (streamRate * (latestMs + linkMs)) / 1_000;
  const isUnnoticed = assumptions.outageMs < 1_000 * timeout;
  // Noticed half-way; but a timeout below the pings ends healthy links, and one below the end of a full resync that.
  const shorter = Math.max(
    SHORTEST_ADVISED_SECONDS,
    Math.floor(assumptions.outageMs / 2_000),
    timeoutFor(unheardFor(assumptions.datasetBytes, assumptions.link)),
  );
  const pings = settings.number('repl-ping-replica-period');
  const afterwards =
    afterIt === undefined
      ? 'reads get old data before and after that'
      : `reads get old data until then, ${afterIt} after`;
  const finding: Finding = {
    id: 'detection',
    severity: isUnnoticed ? 'note' : 'ok',
    title: `A link that goes silent is noticed after ${timeout} to ${timeout + LATE_SECONDS} s: ${afterwards}; writes go on.${isUnnoticed ? ` A silence of ${showMs(assumptions.outageMs)} is over before anybody notices: the link says up all the time.` : ''}`,
    measured: [
      {
        what: `the replica notices after${at}`,
        value: Math.round(replicaMs),
        unit: 'ms',
        predicted: bound,
      },
      {
        what: `the master notices after${at}`,
        value: Math.round(masterMs),
        unit: 'ms',
        predicted: bound,
      },
      {
        what: 'the same as configured',
        value: 'computed',
        unit: 's',
        predicted: `${timeout} to ${timeout + LATE_SECONDS}`,
      },
      {
        what: 'written until then, to be held by the backlog for a partial resync',
        value: 'computed',
        unit: 'bytes',
        predicted: Math.round(missedBytes),
      },
      { what: 'writes refused meanwhile', value: noticed.refusedWrites },
      {
        what: 'clients that are gone are noticed after',
        value: 'computed',
        unit: 's',
        predicted: keepalive === 0 ? 'never' : 2 * keepalive,
      },
    ],
    why: 'Both sides give a link up when they have heard nothing for more than repl-timeout seconds, and look once a second. tcp-keepalive is for clients alone: the kernel asks after that many seconds, and three times more within as many.',
    source: SOURCE,
    ...(isUnnoticed &&
      shorter > pings &&
      shorter < timeout && { remedy: { directive: 'repl-timeout', value: String(shorter) } }),
  };
  return {
    findings: [finding],
    behaviours: [
      { id: 'detection', what: 'a half-open link is noticed within', after: showMs(latestMs) },
      {
        id: 'detection-missed',
        what: 'written until a half-open link is noticed',
        after: showBytes(missedBytes),
      },
      {
        id: 'reads-when-down',
        what: 'reads of a replica that knows its link is down',
        after: afterIt ?? 'old data',
      },
    ],
  };
}

/** Pings that come later than the timeout: an idle link is given up again and again. */
async function flapping(
  subject: Subject,
  measuredAt: number,
  settings: Settings,
  tell: (line: string) => void,
) {
  const [timeout, period] = [
    settings.number('repl-timeout'),
    settings.number('repl-ping-replica-period'),
  ];
  await using pair = await subject.start({
    replicas: 1,
    more: {
      'repl-diskless-sync-delay': 0,
      'repl-timeout': measuredAt,
      'repl-ping-replica-period':
        Math.max(measuredAt, Math.ceil((period * measuredAt) / timeout)) + LATE_SECONDS,
    },
  });
  tell('watching an idle link whose pings come later than its timeout');
  const startedAt = now();
  await pair.replica.logged(
    /timeout: no data nor PING received/i,
    1_000 * (measuredAt + LATE_SECONDS) + SLACK_MS,
  );
  const finding: Finding = {
    id: 'ping-beyond-timeout',
    severity: 'broken',
    title: `Replicas give up a healthy link whenever nothing is written for ${timeout} s: the master pings them every ${period} s.`,
    measured: [
      {
        what: `an idle link is given up after, measured with repl-timeout ${measuredAt}`,
        value: Math.round(now() - startedAt),
        unit: 'ms',
        predicted: measuredAt * 1_000,
      },
    ],
    why: 'repl-timeout must be larger than repl-ping-replica-period.',
    source: 'https://github.com/redis/redis/blob/7.0/redis.conf (repl-timeout)',
    remedy: {
      directive: 'repl-ping-replica-period',
      value: String(Math.max(1, Math.floor(timeout / 6))),
    },
  };
  return {
    findings: [finding],
    behaviours: [
      {
        id: 'detection',
        what: 'a half-open link is noticed within',
        after: 'healthy links are given up',
      },
    ],
  };
}
