import type { Config } from '../../deployment/config.ts';
import type { Assumptions, Behaviour, Finding, Measured } from '../report.ts';
import { type OutputLimit, type Settings, settingsInFile, settingsOf } from '../settings.ts';
import type { Measurement, Subject } from '../subject.ts';
import { asDirective, showBytes, showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { bytesPerSecondOver } from './over-link.ts';
import { type Accumulation, overruns, peakBytes, scaled } from './resync-model.ts';
import { fillDataset, type ResyncRun, type RunOptions, runFullResync } from './resync-run.ts';
import { timeoutFinding, unheardFor, unheardRow } from './resync-timeout.ts';
import { streamPerPayload } from './stream-bytes.ts';

/** Larger datasets are measured at this size, with limits in proportion. */
const MEASURED_MAX_BYTES = 64e6;
const KEYS_MAX = 64_000;
const WITHIN_MS = 60_000;
const CARRIED_SECONDS = 10;
const CARRIED_MIN_BYTES = 1e6;
/** Longer than what is measured. */
const PATIENT_SECONDS = 3_600;
/** What a limit should have beyond what waited. */
const HEADROOM = 2;
const RULE =
  'While a replica is sent the RDB and loads it, all that is written waits in the master’s output buffer. When that gets beyond client-output-buffer-limit, the master ends the connection, and the replica begins anew.';
const SOURCE = 'https://redis.io/docs/latest/develop/reference/clients/#output-buffer-limits';
const LIMIT = 'client-output-buffer-limit';

/** Whether a full resync ends under the writes that go on, and what it costs. */
export const fullResync: Measurement = {
  id: 'full-resync',
  what: 'a full resync under writes: whether it ends, how long it takes, and what it costs',
  estimateMs: (_, { datasetBytes, link }) =>
    5_000 +
    Math.min(datasetBytes, MEASURED_MAX_BYTES) / 12_000 +
    (link === undefined ? 0 : 1_000 * CARRIED_SECONDS),
  run: async (subject, assumptions, tell) => {
    const { valueBytes, datasetBytes, link } = assumptions;
    const streamRate = assumptions.writeBytesPerSecond * streamPerPayload(valueBytes);
    const linkRate = bytesPerSecondOver(link);
    if (linkRate !== undefined && linkRate <= streamRate) return neverEnds;
    const most = Math.min(
      MEASURED_MAX_BYTES,
      KEYS_MAX * valueBytes,
      carriedBy(linkRate, streamRate),
    );
    const factor = Math.min(1, most / datasetBytes);
    const inFile = settingsInFile(subject);
    const more = scaledDown(inFile, factor);
    const measuredBytes = factor * datasetBytes;
    tell(
      `a full resync of ${showBytes(measuredBytes)} while ${showBytes(streamRate)}/s are written`,
    );
    const first = await once(subject, assumptions, measuredBytes, more);
    tell(`${first.run.outcome} after ${showMs(first.run.tookMs)}, ${first.run.rounds} asked for`);
    const isEndless = first.run.outcome === 'loop' || first.run.drops.length > 0;
    // What would suffice is seen where nothing limits it.
    const free = isEndless
      ? await once(
          subject,
          assumptions,
          measuredBytes,
          { ...more, [LIMIT]: 'replica 0 0 0', 'repl-timeout': PATIENT_SECONDS },
          { isOverWhenUp: true },
        )
      : first;
    return judge(first.run, free.run, {
      assumptions,
      factor,
      settings: first.settings,
      limit: inFile.replicaLimit,
    });
  },
};

/** What a link brings over in a time that can be waited for, with what is written meanwhile. */
function carriedBy(linkRate: number | undefined, streamRate: number): number {
  if (linkRate === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(CARRIED_MIN_BYTES, CARRIED_SECONDS * (linkRate - streamRate));
}

function scaledDown(settings: Settings, factor: number): Config {
  if (factor === 1) return AT_ONCE;
  const { hardBytes, softBytes, softSeconds } = scaled(settings.replicaLimit, factor);
  return {
    ...AT_ONCE,
    [LIMIT]: `replica ${hardBytes} ${softBytes} ${softSeconds}`,
    // No output limit is below the backlog.
    'repl-backlog-size': Math.max(16_384, Math.ceil(settings.number('repl-backlog-size') * factor)),
  };
}

async function once(
  subject: Subject,
  assumptions: Assumptions,
  bytes: number,
  more: Config,
  options: Omit<RunOptions, 'withinMs'> = {},
) {
  await using pair = await subject.start({ replicas: 1, more });
  const settings = await settingsOf(pair.master, subject, more);
  await fillDataset(pair, bytes, assumptions.valueBytes);
  return {
    settings,
    run: await runFullResync(pair, assumptions, { withinMs: WITHIN_MS, ...options }),
  };
}

interface Context {
  readonly assumptions: Assumptions;
  /** Measured size to asked size. */
  readonly factor: number;
  readonly settings: Pick<Settings, 'number' | 'isOn'>;
  readonly limit: OutputLimit;
}

/** What a run, and one without a limit where the first was a loop, mean for the dataset that was asked for. */
export function judge(
  run: ResyncRun,
  free: ResyncRun,
  { assumptions, factor, settings, limit }: Context,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const { datasetBytes, writeBytesPerSecond, valueBytes, link } = assumptions;
  const load: Accumulation = {
    transferMs: free.upMs / factor,
    streamBytesPerSecond: writeBytesPerSecond * streamPerPayload(valueBytes),
    linkBytesPerSecond: bytesPerSecondOver(link),
  };
  const delayMs = settings.isOn('repl-diskless-sync')
    ? 1_000 * settings.number('repl-diskless-sync-delay')
    : 0;
  const wholeMs = free.tookMs / factor + delayMs;
  const isKept = free.connections === 2;
  const waits = isKept ? free.peakBufferBytes / factor : peakBytes(load);
  const overrun = isKept ? undefined : overruns(load, limit, settings.number('repl-backlog-size'));
  const sufficient = Math.ceil(HEADROOM * Math.max(waits, free.peakBufferBytes / factor));
  const remedy = {
    directive: LIMIT,
    value: `replica ${asDirective(sufficient)} ${asDirective(sufficient)} 60`,
  };
  const common = {
    measured: [
      ...measuredBy(run, free, { factor, wholeMs, waits, datasetBytes }),
      ...(link === undefined ? [] : [unheardRow(free, unheardFor(factor * datasetBytes, link))]),
    ],
    why: RULE,
    source: SOURCE,
  };
  const behaviours: Behaviour[] = [
    {
      id: 'full-resync',
      what: `a full resync of ${showBytes(datasetBytes)} under writes`,
      after:
        run.outcome === 'loop'
          ? 'never ends: a loop'
          : run.outcome === 'dropped'
            ? 'never ends: given up after repl-timeout'
            : run.outcome === 'completed'
              ? showMs(wholeMs)
              : 'did not end',
    },
    {
      id: 'full-resync-refusals',
      what: 'reads that a replica refuses during it',
      after: run.refusals || 'none',
    },
  ];
  const limits = limitInWords(limit);
  const [end] = run.drops.length > 0 ? run.drops : run.otherEnds;
  const dropped = timeoutFinding(run, free, {
    assumptions,
    measuredBytes: factor * datasetBytes,
    timeoutSeconds: settings.number('repl-timeout'),
  });
  const finding = (): Finding => {
    if (run.outcome === 'loop')
      return {
        ...common,
        id: 'full-resync-loop',
        severity: 'broken',
        title: `A full resync never ends: ${showBytes(waits)} are written in the time that it takes, and the master ends it at ${limits}.`,
        remedy,
      };
    if (run.outcome === 'unfinished')
      return {
        ...common,
        id: 'full-resync-unfinished',
        severity: 'risk',
        title: `A full resync did not end within ${showMs(run.tookMs)}${end === undefined ? '' : `; it was said: ${end}`}.`,
      };
    if (overrun !== undefined)
      return {
        ...common,
        id: 'full-resync-loop',
        severity: 'risk',
        title: `A full resync would not end: ${showBytes(overrun.peakBytes)} would wait, more than the ${overrun.by} limit lets (${limits}).`,
        remedy,
      };
    return {
      ...common,
      id: 'full-resync-loop',
      severity: 'ok',
      title: `A full resync ends, in about ${showMs(wholeMs)}: ${showBytes(waits)} wait on the master meanwhile, the limit is ${limits}.`,
    };
  };
  const ends = run.outcome === 'dropped' && overrun === undefined ? [] : [finding()];
  return {
    findings: [...(dropped === undefined ? [] : [dropped]), ...ends, duringIt(run, factor)],
    behaviours,
  };
}

function measuredBy(
  run: ResyncRun,
  free: ResyncRun,
  of: { factor: number; wholeMs: number; waits: number; datasetBytes: number },
): Measured[] {
  const size = showBytes(of.factor * of.datasetBytes);
  const at = of.factor < 1 ? `, measured with ${size}, limits in proportion` : '';
  return [
    { what: `time of a full resync${at}`, value: Math.round(free.tookMs), unit: 'ms' },
    ...(of.factor < 1
      ? [
          {
            what: `the same for ${showBytes(of.datasetBytes)}, in proportion`,
            value: 'computed',
            predicted: Math.round(of.wholeMs),
            unit: 'ms',
          },
        ]
      : []),
    ...(free.sentBytes === undefined
      ? []
      : [{ what: `sent to the replica${at}`, value: free.sentBytes, unit: 'bytes' }]),
    {
      what: `peak of the output buffer${at}`,
      value: free.peakBufferBytes,
      unit: 'bytes',
      predicted: Math.round(of.waits * of.factor),
    },
    { what: 'full resyncs asked for', value: run.rounds },
    { what: 'growth of the stream', value: Math.round(run.streamBytesPerSecond), unit: 'bytes/s' },
  ];
}

function limitInWords({ hardBytes, softBytes, softSeconds }: OutputLimit): string {
  const limits = [
    ...(hardBytes > 0 ? [showBytes(hardBytes)] : []),
    ...(softBytes > 0 ? [`${showBytes(softBytes)} for ${softSeconds} s`] : []),
  ];
  return limits.join(' or ') || 'none';
}

/** What clients notice. */
function duringIt(run: ResyncRun, factor: number): Finding {
  const at = factor < 1 ? `, at ${(100 * factor).toFixed(0)} % of the dataset` : '';
  return {
    id: 'full-resync-clients',
    severity: 'note',
    title: `During a full resync a replica tells data up to ${showMs(run.stalestMs)} old${run.refusals === '' ? '' : `, and refuses reads for ${showMs(run.refusedMs)} (${run.refusals})`}${at}.`,
    measured: [
      { what: `longest answer of the master${at}`, value: Math.round(run.latencyMs), unit: 'ms' },
      {
        what: 'longest answer of the master before',
        value: Math.round(run.calmLatencyMs),
        unit: 'ms',
      },
      {
        what: `oldest data read from the replica${at}`,
        value: Math.round(run.stalestMs),
        unit: 'ms',
      },
      {
        what: `reads refused by the replica for${at}`,
        value: Math.round(run.refusedMs),
        unit: 'ms',
      },
    ],
    why: 'A replica serves its old data until the RDB has come, and none while it loads (repl-diskless-load decides what it loads into); the master stops while it forks.',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/',
  };
}

/** What the link does not carry is found by the measurement of catching up. */
const neverEnds: { findings: Finding[]; behaviours: Behaviour[] } = {
  findings: [],
  behaviours: [
    {
      id: 'full-resync',
      what: 'a full resync under writes',
      after: 'never ends: the link is too slow',
    },
  ],
};
