import { resyncLoop } from '../../check/resync-loop.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { parseInfo } from '../../observe/info.ts';
import { seeded } from '../../random.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import { idle } from '../../workload/pacing.ts';
import type { Assumptions } from '../report.ts';
import { samePlace } from './came-back.ts';
import { onItsWay, overLink } from './over-link.ts';
import { pacedWrites } from './paced-writes.ts';
import { lags, latencies, outputBuffers, reads, refusedFor } from './sampling.ts';
import { streamPerPayload } from './stream-bytes.ts';

const IN_FLIGHT = 128;
const CALM_MS = 1_000;
/** Either side has heard nothing of the other for more than repl-timeout. */
const GIVEN_UP =
  /^(?:Disconnecting timedout replica|Timeout (?:receiving|connecting)|(?:MASTER|PRIMARY) timeout)/i;
/** Once, the replica may come back by what the backlog holds. */
const DROPS_MIN = 2;

/** What one full resync under writes came to. */
export interface ResyncRun {
  readonly outcome: 'completed' | 'loop' | 'dropped' | 'unfinished';
  /** Until the replica's link is up, from when on it takes the stream. */
  readonly upMs: number;
  /** Until it has caught up with the writes. */
  readonly tookMs: number;
  /** As far as the master tells them. */
  readonly sentBytes?: number;
  readonly peakBufferBytes: number;
  readonly streamBytesPerSecond: number;
  /** Longest answer of the master before, and during it. */
  readonly calmLatencyMs: number;
  readonly latencyMs: number;
  /** The oldest that a read of the replica was told, and how long it was told nothing. */
  readonly stalestMs: number;
  readonly refusedMs: number;
  readonly refusals: string;
  readonly rounds: number;
  /** Over two connections the replica keeps what is written meanwhile, not the master. */
  readonly connections: 1 | 2;
  /** How often one side gave the other up for its silence, in the words of its log. */
  readonly drops: readonly string[];
  /** The longest that the master had heard nothing of the replica, by its own count. */
  readonly unheardSeconds: number;
  /** Ends of its connections that were not for the output limit, in the upstream's words. */
  readonly otherEnds: readonly string[];
}

export interface RunOptions {
  readonly withinMs: number;
  /** It is enough that the replica takes the stream, it need not catch up. */
  readonly isOverWhenUp?: boolean;
}

/** Values that no compression shortens. */
export async function fillDataset(
  { master, replica }: Deployment,
  datasetBytes: number,
  valueBytes: number,
): Promise<void> {
  using connection = master.dedicated();
  const random = seeded(3).fork('dataset');
  const keys = Math.ceil(datasetBytes / valueBytes);
  for (let at = 0; at < keys; at += IN_FLIGHT) {
    const batch = Array.from({ length: Math.min(IN_FLIGHT, keys - at) }, (_, index) =>
      connection.call('SET', `data:${at + index}`, random.bytes(valueBytes)),
    );
    await Promise.all(batch);
  }
  await samePlace(replica, master);
}

/** Makes the replica forget its master's history and come back, while writes go on, over the link that was asked for. */
export async function runFullResync(
  pair: Deployment,
  { writeBytesPerSecond, valueBytes, link }: Assumptions,
  options: RunOptions,
): Promise<ResyncRun> {
  const { master, replica } = pair;
  await using calm = latencies(master);
  await using writes = await pacedWrites(master, {
    bytesPerSecond: writeBytesPerSecond,
    valueBytes,
  });
  await idle(CALM_MS);
  const calmLatencyMs = Math.max(...(await calm.stop()));
  await using narrow = await overLink(pair, link);
  await using delays = latencies(master);
  await using buffers = outputBuffers(master);
  await using unheard = lags(master, replica);
  await using answers = reads(replica);
  await replica.promote();
  await pair.logsComplete();
  pair.judged(replica);
  const sentBefore = await sent(pair);

  const startedAt = now();
  await replica.replicaOf(master);
  const enough = onItsWay(link, writeBytesPerSecond * streamPerPayload(valueBytes));
  const { outcome, upAt } = await ended(pair, startedAt, { ...options, enough });
  const endedAt = now();

  const [latenciesMs, bufferBytes, seen, lagSeconds] = await Promise.all([
    delays.stop(),
    buffers.stop(),
    answers.stop(),
    unheard.stop(),
  ]);
  const { streamBytesPerSecond } = await writes.stop();
  await narrow[Symbol.asyncDispose]();
  const sentBytes = (await sent(pair)) - sentBefore;
  const refused = refusedFor(seen);
  const resyncs = pair.unjudgedResyncsOf(replica);
  return {
    outcome,
    upMs: (upAt ?? endedAt) - startedAt,
    tookMs: endedAt - startedAt,
    ...(sentBytes > 0 && { sentBytes }),
    peakBufferBytes: Math.max(0, ...bufferBytes),
    streamBytesPerSecond,
    calmLatencyMs,
    latencyMs: Math.max(0, ...latenciesMs),
    stalestMs: Math.max(0, ...seen.map(({ ageMs = 0 }) => ageMs)),
    refusedMs: refused.ms,
    refusals: refused.words,
    rounds: resyncs.length,
    connections: resyncs.at(-1)?.connections ?? 1,
    drops: drops(pair, startedAt),
    unheardSeconds: Math.max(0, ...lagSeconds),
    otherEnds: resyncs.flatMap(({ ending }) => (ending?.by === 'other' ? ending.evidence : [])),
  };
}

/** Completed: the link is up, and the replica has all that was written a look ago. */
async function ended(
  pair: Deployment,
  startedAt: number,
  { withinMs, isOverWhenUp = false, enough }: RunOptions & { readonly enough: number },
): Promise<{ readonly outcome: ResyncRun['outcome']; readonly upAt: number | undefined }> {
  const { master, replica } = pair;
  let upAt: number | undefined;
  const look = async (): Promise<ResyncRun['outcome']> => {
    if (resyncLoop(pair.unjudgedResyncsOf(replica)) !== undefined) return 'loop';
    if (drops(pair, startedAt).length >= DROPS_MIN) return 'dropped';
    const { offset: written } = await master.snapshot();
    const { upstream, offset } = await replica.snapshot();
    upAt = upstream?.link === 'up' ? (upAt ?? now()) : undefined;
    return upAt !== undefined && (isOverWhenUp || written - offset <= enough)
      ? 'completed'
      : 'unfinished';
  };
  const outcome = await until(
    look,
    (seen) => seen !== 'unfinished' || now() - startedAt > withinMs,
    { what: 'the end of a full resync', withinMs: withinMs + 10_000 },
  );
  return { outcome, upAt };
}

/** Bytes sent to replicas; servers before 7.0 do not tell, and of two connections they tell one. */
async function sent({ master }: Deployment): Promise<number> {
  return Number(parseInfo(await master.info()).get('total_net_repl_output_bytes') ?? 0);
}

function drops({ master, replica }: Deployment, sinceMs: number): string[] {
  return [master, replica].flatMap(({ name, server }) =>
    server.log.lines
      .filter(({ readAtMs, text }) => readAtMs >= sinceMs && GIVEN_UP.test(text))
      .map(({ text }) => `${name}: ${text}`),
  );
}
