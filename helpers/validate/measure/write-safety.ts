import type { Deployment } from '../../deployment/deployment.ts';
import { messageOf } from '../../errors.ts';
import { halfOpen } from '../../links/faults/index.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { type Settings, settingsInFile, settingsOf } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showMs } from '../units.ts';
import { overLink } from './over-link.ts';

/** Longer lags are measured at this one: the rule is the same. */
const MEASURED_MAX_SECONDS = 2;
const LATE_SECONDS = 2;
const REPLICAS_MAX = 3;
const UNSTOPPED_FOR_MS = 3_000;
const WAIT_MS = 500;
const ACCEPTS_WITHIN_MS = 15_000;
const SOURCE =
  'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#allow-writes-only-with-n-attached-replicas';

/** What is acknowledged in a partition that no replica hears, and how long for. */
export const writeSafety: Measurement = {
  id: 'write-safety',
  what: 'writes that are acknowledged while no replica hears them',
  estimateMs: () => 9_000,
  run: async (subject, assumptions, tell) => {
    const inFile = settingsInFile(subject);
    const maxLag = inFile.number('min-replicas-max-lag');
    const asked = inFile.number('min-replicas-to-write');
    const measuredAt = Math.min(maxLag, MEASURED_MAX_SECONDS);
    const replicas = Math.max(1, Math.min(assumptions.replicas, Math.max(REPLICAS_MAX, asked)));
    const more = {
      'repl-diskless-sync-delay': 0,
      ...(measuredAt < maxLag && { 'min-replicas-max-lag': measuredAt }),
    };
    await using deployment = await subject.start({ replicas, more });
    const { master } = deployment;
    const settings = await settingsOf(master, subject, more);
    const required = settings.number('min-replicas-to-write');
    await using _narrow = await overLink(deployment, assumptions.link);
    const refusal = await refusalThatStays(deployment, required <= replicas);
    if (refusal !== undefined) return neverWrites(required, replicas, refusal);
    const waited = Number(await master.call('WAIT', replicas, WAIT_MS * 4));
    const one =
      required > 0 && required === replicas
        ? await stops(deployment, 1, 1_000 * (measuredAt + LATE_SECONDS) + 5_000)
        : undefined;
    tell(`silencing the links of all ${replicas} replicas`);
    const all = await stops(
      deployment,
      replicas,
      required > 0 && maxLag > 0 ? 1_000 * (measuredAt + LATE_SECONDS) + 5_000 : UNSTOPPED_FOR_MS,
    );
    return judge(
      { ...all, waited, replicas, measuredAt, stopsForOne: one?.stoppedMs },
      assumptions,
      settings,
    );
  },
};

/** What came of writing while links are silent. */
export interface Partition {
  readonly acknowledged: number;
  /** When writes began to be refused; absent: they were not. */
  readonly stoppedMs?: number | undefined;
  readonly lastedMs: number;
  /** How many replicas WAIT told of in the partition. */
  readonly waitedIn: number;
}

async function stops(deployment: Deployment, silent: number, withinMs: number): Promise<Partition> {
  const { master } = deployment;
  await using faults = new AsyncDisposableStack();
  const links = deployment.replicas.slice(0, silent).map(({ link }) => link);
  for (const link of links) faults.use(await link.apply(halfOpen('both'), { unproven: true }));
  const silentAt = now();
  let acknowledged = 0;
  const refusal = await until(
    async () => {
      const refused = await attempt(deployment);
      if (refused === undefined) acknowledged += 1;
      return refused;
    },
    (refused) => refused !== undefined || now() - silentAt > withinMs,
    { what: 'writes to be refused', withinMs: withinMs + 10_000 },
  );
  const lastedMs = now() - silentAt;
  const waitedIn = Number(await master.call('WAIT', 1, WAIT_MS));
  await faults.disposeAsync();
  await Promise.all(deployment.replicas.map((replica) => deployment.inSync(replica)));
  await until(
    () => attempt(deployment),
    (refused) => refused === undefined,
    { what: `${master.name} to accept writes again`, withinMs: 20_000 },
  );
  return {
    acknowledged,
    lastedMs,
    waitedIn,
    ...(refusal !== undefined && { stoppedMs: lastedMs }),
  };
}

/** The master's refusal of a write, if it is one. */
/** Acknowledgements that are late stop writes for a moment: where there are enough replicas, that is waited for. */
async function refusalThatStays(
  deployment: Deployment,
  isMomentary: boolean,
): Promise<string | undefined> {
  const untilMs = now() + (isMomentary ? ACCEPTS_WITHIN_MS : 0);
  return until(
    async () => ({ refusal: await attempt(deployment) }),
    ({ refusal }) => refusal === undefined || now() >= untilMs,
    { what: 'a write to be accepted or refused', withinMs: 2 * ACCEPTS_WITHIN_MS },
  ).then(({ refusal }) => refusal);
}

async function attempt({ master }: Deployment): Promise<string | undefined> {
  try {
    await master.call('SET', 'measure:partition', String(now()));
    return undefined;
  } catch (thrown) {
    const text = messageOf(thrown);
    if (!text.startsWith('NOREPLICAS')) throw thrown;
    return text;
  }
}

export function judge(
  seen: Partition & {
    readonly waited: number;
    readonly replicas: number;
    readonly measuredAt: number;
    readonly stopsForOne?: number | undefined;
  },
  { outageMs, writeBytesPerSecond, valueBytes, failover }: Assumptions,
  settings: Pick<Settings, 'number'>,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const required = settings.number('min-replicas-to-write');
  const maxLag = settings.number('min-replicas-max-lag');
  const at =
    seen.measuredAt < maxLag ? `, measured with min-replicas-max-lag ${seen.measuredAt}` : '';
  const isStopped = seen.stoppedMs !== undefined;
  const acceptedForMs = isStopped ? Math.min(outageMs, 1_000 * (maxLag + LATE_SECONDS)) : outageMs;
  const atRisk = Math.round((acceptedForMs / 1_000) * (writeBytesPerSecond / valueBytes));
  const measured: Finding['measured'] = [
    {
      what: `writes stop after${at}`,
      value: isStopped ? Math.round(seen.stoppedMs as number) : 'never',
      unit: 'ms',
      predicted:
        required > 0 && maxLag > 0
          ? `${1_000 * seen.measuredAt} to ${1_000 * (seen.measuredAt + LATE_SECONDS)}`
          : 'never',
    },
    {
      what: `writes acknowledged, one after the other, in ${showMs(seen.lastedMs)}`,
      value: seen.acknowledged,
    },
    {
      what: `writes acknowledged in an outage of ${showMs(outageMs)} at the asked rate`,
      value: 'computed',
      predicted: atRisk,
    },
    { what: `replicas that WAIT tells of, of ${seen.replicas} that are well`, value: seen.waited },
    { what: 'replicas that WAIT tells of in the partition', value: seen.waitedIn, predicted: 0 },
  ];
  const why =
    'Replication is asynchronous: a write is acknowledged before any replica has it. With min-replicas-to-write the master refuses writes once too few replicas have been heard of within min-replicas-max-lag seconds, which it looks at once a second. Without a failover the master keeps what it acknowledged, with one it is lost; WAIT tells who calls it, and undoes nothing.';
  const findings: Finding[] = [
    {
      id: 'partition-writes',
      severity:
        failover === undefined
          ? isStopped
            ? 'ok'
            : 'note'
          : isStopped && maxLag * 1_000 < outageMs
            ? 'note'
            : 'risk',
      title: isStopped
        ? `A master that no replica hears acknowledges writes for ${maxLag} to ${maxLag + LATE_SECONDS} s more: a failover loses up to ${atRisk} of them.`
        : `A master that no replica hears acknowledges writes for as long as it is cut off: a failover loses up to ${atRisk} of them in ${showMs(outageMs)}.`,
      measured,
      why,
      source: SOURCE,
      ...(!isStopped && { remedy: { directive: 'min-replicas-to-write', value: '1' } }),
    },
  ];
  if (seen.stopsForOne !== undefined) {
    findings.push({
      id: 'one-replica-stops-writes',
      severity: 'risk',
      title: `One replica out of reach stops all writes: min-replicas-to-write ${required} of ${seen.replicas}.`,
      measured: [
        {
          what: `writes stop after one of ${seen.replicas} replicas went silent${at}`,
          value: Math.round(seen.stopsForOne),
          unit: 'ms',
        },
      ],
      why,
      source: SOURCE,
      remedy: { directive: 'min-replicas-to-write', value: String(Math.max(0, required - 1)) },
    });
  }
  return {
    findings,
    behaviours: [
      {
        id: 'partition-writes',
        what: 'a master that no replica hears acknowledges writes for',
        after: isStopped ? showMs(1_000 * (maxLag + LATE_SECONDS)) : 'ever',
      },
      {
        id: 'partition-loss',
        what: `acknowledged writes that a failover loses after ${showMs(outageMs)}`,
        after: String(atRisk),
      },
    ],
  };
}

function neverWrites(required: number, replicas: number, refusal: string) {
  const finding: Finding = {
    id: 'too-few-replicas',
    severity: 'broken',
    title: `No write is ever accepted: min-replicas-to-write is ${required}, there are ${replicas} replicas.`,
    measured: [{ what: `answer to a write with ${replicas} replicas in sync`, value: refusal }],
    why: 'The master refuses writes while fewer replicas than min-replicas-to-write are online.',
    source: SOURCE,
    remedy: { directive: 'min-replicas-to-write', value: String(Math.max(0, replicas - 1)) },
  };
  return {
    findings: [finding],
    behaviours: [
      {
        id: 'partition-writes',
        what: 'a master that no replica hears acknowledges writes for',
        after: 'never: it accepts none',
      },
    ],
  };
}
