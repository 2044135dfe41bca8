import { noPings } from '../../deployment/config.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import { ChaosError } from '../../errors.ts';
import { cut } from '../../links/faults/index.ts';
import type { Assumptions, Behaviour, Finding, Measured } from '../report.ts';
import { settingsInFile } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { asDirective, showBytes, showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { holds, predictedEdge, type Rounding, roundingOf } from './backlog-edge.ts';
import { samePlace, watchReturn } from './came-back.ts';
import { streamPerPayload } from './stream-bytes.ts';
import { type StreamWriter, streamWriter } from './write-stream.ts';

/** Larger backlogs are measured at this size: the rule is the same, the writing takes longer. */
const MEASURED_MAX_BYTES = 128 * 1_024 ** 2;
/** Up to this size a block of the backlog matters within a hundredth. */
const BLOCKS_MATTER_BYTES = 4 * 1_024 ** 2;
const BLOCK_BYTES_ABOUT = 20_440;
/** A replica looks for its master once a second. */
const RECONNECTS_WITHIN_MS = 1_000;
/** What a backlog should have beyond what the asked outage needs. */
const HEADROOM = 1.25;
const LOOKS_PER_EDGE = 400;
const SOURCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/';

/** The longest outage that ends in a partial resync, proven on both sides of the edge. */
export const margin: Measurement = {
  id: 'outage-margin',
  what: 'the longest outage of a replica that ends in a partial resync',
  estimateMs: (subject) =>
    3_000 +
    Math.min(MEASURED_MAX_BYTES, settingsInFile(subject).number('repl-backlog-size')) / 30_000,
  run: async (subject, assumptions, tell) => {
    const inFile = settingsInFile(subject).number('repl-backlog-size');
    const isScaled = inFile > MEASURED_MAX_BYTES;
    await using pair = await subject.start({
      replicas: 1,
      more: {
        ...noPings,
        'repl-timeout': 2 * Number(noPings['repl-ping-replica-period']),
        ...AT_ONCE,
        ...(isScaled && { 'repl-backlog-size': MEASURED_MAX_BYTES }),
      },
    });
    const edge = await measureEdge(pair, assumptions.valueBytes, tell);
    const sizeBytes = isScaled ? inFile : edge.sizeBytes;
    return judge({ ...edge, sizeBytes, isScaled }, assumptions);
  },
};

export interface Edge {
  /** `repl-backlog-size` as the server has it. */
  readonly sizeBytes: number;
  /** The most that a replica missed while the backlog still held it, and what that was predicted to be. */
  readonly measuredBytes: number;
  readonly predictedBytes: number;
  /** Missed bytes after which the replica came back by a partial, and by a full resync. */
  readonly partialAfterBytes: number;
  readonly fullAfterBytes: number;
}

/** Cuts the replica off twice, and writes to either side of the edge. */
export async function measureEdge(
  pair: Deployment,
  valueBytes: number,
  tell: (line: string) => void,
): Promise<Edge> {
  const { master, replica } = pair;
  using writer = streamWriter(master, valueBytes);
  const { backlog } = await master.snapshot();
  const rounding = await roundingBy(pair, writer, backlog.sizeBytes);

  tell(`cutting a replica off, writing beyond a backlog of ${showBytes(backlog.sizeBytes)}`);
  const beyond = await overrun(pair, writer, backlog.sizeBytes, rounding);
  tell(`${showBytes(beyond.missedBytes)} missed: ${beyond.cameBack} resync`);

  const offset = await samePlace(replica, master);
  const predicted = predictedEdge(backlog.sizeBytes, offset, rounding);
  const outage = await replica.link.apply(cut());
  // The edge moves with where in a block the replica stands: what is written is on the inner side of both.
  await writer.atMost(0.985 * Math.min(predicted, beyond.heldBytes));
  const within = (await master.snapshot()).offset - offset;
  const back = await watchReturn(pair);
  await outage.heal();
  const cameBack = await back.come();
  tell(`${showBytes(within)} missed: ${cameBack} resync`);
  if (cameBack !== 'partial' || beyond.cameBack !== 'full') {
    throw new ChaosError(
      'correctness',
      `a replica that missed ${within} bytes came back by a ${cameBack} resync, one that missed ${beyond.missedBytes} by a ${beyond.cameBack} one, where the backlog said that it held ${beyond.heldBytes}`,
    );
  }
  return {
    sizeBytes: backlog.sizeBytes,
    measuredBytes: beyond.heldBytes,
    predictedBytes: beyond.predictedBytes,
    partialAfterBytes: within,
    fullAfterBytes: beyond.missedBytes,
  };
}

/** Fills a small backlog and looks how it lets go of bytes. */
async function roundingBy(
  { master, replica }: Deployment,
  writer: StreamWriter,
  sizeBytes: number,
): Promise<Rounding> {
  if (sizeBytes > BLOCKS_MATTER_BYTES) return { blockBytes: BLOCK_BYTES_ABOUT };
  await writer.atMost(sizeBytes + 4 * BLOCK_BYTES_ABOUT + writer.bytesPerWrite);
  const each = Math.max(writer.bytesPerWrite, BLOCK_BYTES_ABOUT / 6);
  const firsts: number[] = [];
  // A block may be a sixteenth of the backlog where values are large.
  const enough = 3 * Math.max(BLOCK_BYTES_ABOUT, sizeBytes / 16, writer.bytesPerWrite);
  for (let written = 0; written < enough; written += each) {
    await writer.atMost(each);
    // What a replica has not been sent yet is held beyond the size.
    await samePlace(replica, master);
    firsts.push((await master.snapshot()).backlog.firstByteOffset);
  }
  return roundingOf(firsts, each);
}

/** Cuts the replica off until the backlog no longer holds what it misses, and looks when that happens. */
async function overrun(
  pair: Deployment,
  writer: StreamWriter,
  sizeBytes: number,
  rounding: Rounding,
) {
  const { master, replica } = pair;
  const offset = await samePlace(replica, master);
  const predictedBytes = predictedEdge(sizeBytes, offset, rounding);
  const outage = await replica.link.apply(cut());
  await writer.atMost(0.9 * Math.min(sizeBytes, predictedBytes));
  let heldBytes = 0;
  for (;;) {
    const { backlog, offset: written } = await master.snapshot();
    if (!holds(backlog, offset)) break;
    heldBytes = written - offset;
    await writer.atMost(predictedBytes / LOOKS_PER_EDGE);
  }
  const missedBytes = (await master.snapshot()).offset - offset;
  const back = await watchReturn(pair);
  await outage.heal();
  return { predictedBytes, heldBytes, missedBytes, cameBack: await back.come() };
}

/** What an edge means at a rate of writes. */
export function judge(
  edge: Edge & { readonly isScaled: boolean },
  assumptions: Assumptions,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const perPayload = streamPerPayload(assumptions.valueBytes);
  const streamPerMs = (assumptions.writeBytesPerSecond * perPayload) / 1_000;
  const marginMs = edge.sizeBytes / streamPerMs;
  const linkMs = assumptions.link?.latencyMs ?? 0;
  const neededBytes = streamPerMs * (assumptions.outageMs + RECONNECTS_WITHIN_MS + linkMs);
  const sufficient = asDirective(HEADROOM * neededBytes);
  const outage = showMs(assumptions.outageMs);
  const measured: Measured[] = [
    {
      what: edge.isScaled
        ? `bytes of the stream that a backlog of ${showBytes(MEASURED_MAX_BYTES)} holds, measured in place of ${showBytes(edge.sizeBytes)}`
        : 'bytes of the stream that the backlog holds',
      value: edge.measuredBytes,
      unit: 'bytes',
      predicted: edge.predictedBytes,
    },
    { what: 'partial resync after', value: edge.partialAfterBytes, unit: 'bytes missed' },
    { what: 'full resync after', value: edge.fullAfterBytes, unit: 'bytes missed' },
    {
      what: `bytes of the stream per byte written, in values of ${assumptions.valueBytes} bytes`,
      value: Number(perPayload.toFixed(3)),
    },
    {
      what: 'longest outage that ends in a partial resync',
      value: Number((marginMs / 1_000).toPrecision(3)),
      unit: 's',
    },
    {
      what: `bytes written in the asked outage of ${outage}`,
      value: Math.ceil(neededBytes),
      unit: 'bytes',
    },
  ];
  const rule = `A replica comes back by a partial resync if the master’s backlog still holds all that was written since. That is repl-backlog-size bytes at least, and up to a block more; a second is added to the outage, as replicas look for their master once a second, and what was on the link is missed as well.`;
  const common = { id: 'outage-margin', measured, why: rule, source: SOURCE };
  const findings: Finding[] = [];
  if (neededBytes > edge.sizeBytes) {
    findings.push({
      ...common,
      severity: 'risk',
      title: `An outage of ${outage} ends in a full resync: the backlog lasts for ${showMs(marginMs)} at ${showBytes(assumptions.writeBytesPerSecond)}/s.`,
      remedy: { directive: 'repl-backlog-size', value: sufficient },
    });
  } else if (neededBytes * HEADROOM > edge.sizeBytes) {
    findings.push({
      ...common,
      severity: 'note',
      title: `An outage of ${outage} ends in a partial resync, with less than a quarter of the backlog to spare.`,
      remedy: { directive: 'repl-backlog-size', value: sufficient },
    });
  } else {
    findings.push({
      ...common,
      severity: 'ok',
      title: `An outage of ${outage} ends in a partial resync: the backlog lasts for ${showMs(marginMs)}.`,
    });
  }
  return {
    findings,
    behaviours: [
      {
        id: 'outage-margin',
        what: 'longest outage that ends in a partial resync',
        after: showMs(marginMs),
      },
    ],
  };
}
