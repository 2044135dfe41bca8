import type { Deployment } from '../../deployment/deployment.ts';
import { cut } from '../../links/faults/index.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import { idle } from '../../workload/pacing.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { settingsInFile } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showBytes, showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { behind, samePlace } from './came-back.ts';
import { bytesPerSecondOver, type LinkAssumed, onItsWay, overLink } from './over-link.ts';
import { pacedWrites } from './paced-writes.ts';
import { streamPerPayload } from './stream-bytes.ts';
import { streamWriter } from './write-stream.ts';

/** Faster streams are measured at this rate, over a link that is narrower in proportion. */
const STREAM_MAX_PER_SECOND = 4e6;
const GROWS_FOR_MS = 4_000;
const CATCHES_UP_SECONDS = 3;
const MISSED_MAX_BYTES = 32e6;
const WITHIN_MS = 30_000;
const RECONNECTS_WITHIN_MS = 1_000;
const SOURCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/';
const WHY =
  'All that is written is sent to every replica; what the link carries beyond that is what a replica catches up with.';

/** Whether a link carries what is written, and how long replicas then need for what they have missed. */
export const catchUp: Measurement = {
  id: 'catch-up',
  what: 'whether the link carries what is written, and how long a replica catches up after an outage',
  estimateMs: (_, { link }) =>
    link === undefined ? 0 : 4_000 + 1_000 * (CATCHES_UP_SECONDS + RECONNECTS_WITHIN_MS / 1_000),
  run: async (subject, assumptions, tell) => {
    const { link } = assumptions;
    if (link === undefined) return { findings: [], behaviours: [] };
    const load = inProportion(link, assumptions);
    const left = spare(load);
    const missedBytes = Math.min(MISSED_MAX_BYTES, Math.max(0, left * CATCHES_UP_SECONDS));
    const backlog = settingsInFile(subject).number('repl-backlog-size');
    await using pair = await subject.start({
      replicas: 1,
      // What is missed must be there to catch up with: whether it is, is measured elsewhere.
      more: { ...AT_ONCE, 'repl-backlog-size': Math.max(backlog, Math.ceil(2 * missedBytes)) },
    });
    if (missedBytes === 0) {
      tell('writing more than the link carries');
      return tooSlow(await fallsBehind(pair, load), load, assumptions);
    }
    tell(`catching up with ${showBytes(missedBytes)} over the link, while writes go on`);
    const seen = await catchesUp(pair, missedBytes, load);
    return 'perSecond' in seen ? tooSlow(seen, load, assumptions) : judge(seen, load, assumptions);
  },
};

/** What is written over which link. */
export interface Load {
  readonly link: LinkAssumed;
  /** Of values, and of the stream that they become. */
  readonly bytesPerSecond: number;
  readonly streamPerSecond: number;
  readonly valueBytes: number;
  /** Of what was asked for. */
  readonly share: number;
}

function inProportion(link: LinkAssumed, { writeBytesPerSecond, valueBytes }: Assumptions): Load {
  const stream = writeBytesPerSecond * streamPerPayload(valueBytes);
  const share = Math.min(1, STREAM_MAX_PER_SECOND / stream);
  return {
    link: { ...link, bitsPerSecond: share * link.bitsPerSecond },
    bytesPerSecond: share * writeBytesPerSecond,
    streamPerSecond: share * stream,
    valueBytes,
    share,
  };
}

/** Bytes a second that a link has left beside the stream. */
function spare({ link, streamPerSecond }: Load): number {
  return (bytesPerSecondOver(link) as number) - streamPerSecond;
}

interface FallsBehind {
  /** By how many bytes a replica falls behind in a second while nothing is wrong but the link. */
  readonly perSecond: number;
  readonly streamPerSecond: number;
}

async function fallsBehind(pair: Deployment, load: Load): Promise<FallsBehind> {
  await using _narrow = await overLink(pair, load.link);
  await using writes = await pacedWrites(pair.master, load);
  const [before, startedAt] = [await behind(pair), now()];
  await idle(GROWS_FOR_MS);
  const grown = (await behind(pair)) - before;
  const perSecond = (1_000 * grown) / (now() - startedAt);
  return { perSecond, streamPerSecond: (await writes.stop()).streamBytesPerSecond };
}

export interface CaughtUp {
  readonly tookMs: number;
  readonly missedBytes: number;
  readonly streamPerSecond: number;
}

/** Cuts the replica off, writes so much, and has it come back while writes go on. */
async function catchesUp(
  pair: Deployment,
  missedBytes: number,
  load: Load,
): Promise<CaughtUp | FallsBehind> {
  const { master, replica } = pair;
  const from = await samePlace(replica, master);
  await using outage = await replica.link.apply(cut());
  using writer = streamWriter(master, load.valueBytes);
  await writer.atMost(missedBytes);
  const missed = (await master.snapshot()).offset - from;
  await using _narrow = await overLink(pair, load.link);
  await using writes = await pacedWrites(master, load);
  await outage.remove();
  const healedAt = now();
  const enough = onItsWay(load.link, load.streamPerSecond);
  const left = await until(
    () => behind(pair),
    (bytes) => bytes <= enough || now() - healedAt > WITHIN_MS,
    { what: `${replica.name} to catch up`, withinMs: WITHIN_MS + 10_000 },
  );
  const tookMs = now() - healedAt;
  const { streamBytesPerSecond: streamPerSecond } = await writes.stop();
  return left <= enough
    ? { tookMs, missedBytes: missed, streamPerSecond }
    : { perSecond: (1_000 * (left - missed)) / tookMs, streamPerSecond };
}

/** What catching up comes to after the outage that was asked for. */
export function judge(
  { tookMs, missedBytes, streamPerSecond }: CaughtUp,
  load: Load,
  { outageMs }: Assumptions,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const { link, share } = load;
  const linkRate = bytesPerSecondOver(link) as number;
  const missed = load.streamPerSecond * (outageMs / 1_000);
  const wholeMs = (1_000 * missed) / spare(load) + RECONNECTS_WITHIN_MS + link.latencyMs;
  const fastestMs = (1_000 * missedBytes) / (linkRate - streamPerSecond) + link.latencyMs;
  const isLong = wholeMs > outageMs;
  const measured: Finding['measured'] = [
    {
      what: `catching up with ${showBytes(missedBytes)} while writes go on${inShare(share)}`,
      value: Math.round(tookMs),
      unit: 'ms',
      predicted: `${Math.round(fastestMs)} to ${Math.round(fastestMs + RECONNECTS_WITHIN_MS)}`,
    },
    {
      what: `the same for what is written in ${showMs(outageMs)}`,
      value: 'computed',
      unit: 'ms',
      predicted: Math.round(wholeMs),
    },
    ...rates(load, streamPerSecond),
  ];
  return {
    findings: [
      {
        id: 'catch-up',
        severity: isLong ? 'note' : 'ok',
        title: `After an outage of ${showMs(outageMs)} a replica has caught up within ${showMs(wholeMs)}, if the backlog holds what it missed${isLong ? ': longer than the outage itself, and until then its data is old' : ''}.`,
        measured,
        why: WHY,
        source: SOURCE,
      },
    ],
    behaviours: [
      {
        id: 'catch-up',
        what: `after an outage of ${showMs(outageMs)} a replica has caught up within`,
        after: showMs(wholeMs),
        value: Math.round(wholeMs),
        better: 'less',
      },
    ],
  };
}

/** Replicas that fall behind for as long as writes go on. */
export function tooSlow(
  { perSecond, streamPerSecond }: FallsBehind,
  load: Load,
  { writeBytesPerSecond, valueBytes }: Assumptions,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const linkRate = bytesPerSecondOver(load.link) as number;
  const stream = writeBytesPerSecond * streamPerPayload(valueBytes);
  return {
    findings: [
      {
        id: 'link-too-slow',
        severity: 'broken',
        title: `The link carries ${showBytes(linkRate / load.share)}/s, and ${showBytes(stream)}/s are written: no replica ever catches up.`,
        measured: [
          {
            what: `a replica falls behind, while nothing else is wrong${inShare(load.share)}, by`,
            value: Math.round(perSecond),
            unit: 'bytes/s',
            predicted: Math.round(streamPerSecond - linkRate),
          },
          ...rates(load, streamPerSecond),
        ],
        why: WHY,
        source: SOURCE,
      },
    ],
    behaviours: [
      {
        id: 'catch-up',
        what: 'a replica has caught up after an outage within',
        after: 'never: the link is too slow',
        better: 'less',
      },
    ],
  };
}

function rates(load: Load, streamPerSecond: number): Finding['measured'] {
  return [
    {
      what: `growth of the stream${inShare(load.share)}`,
      value: Math.round(streamPerSecond),
      unit: 'bytes/s',
      predicted: Math.round(load.streamPerSecond),
    },
    {
      what: `the link${inShare(load.share)}`,
      value: Math.round(bytesPerSecondOver(load.link) as number),
      unit: 'bytes/s',
    },
  ];
}

function inShare(share: number): string {
  return share === 1 ? '' : `, at ${(100 * share).toPrecision(2)} % of both rates`;
}
