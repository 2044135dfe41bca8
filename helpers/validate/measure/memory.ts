import { parseInfo } from '../../observe/info.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { type Settings, settingsInFile, settingsOf } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { asDirective, showBytes } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { samePlace } from './came-back.ts';
import { streamWriter } from './write-stream.ts';

const FILLED_MAX_BYTES = 16 * 1_024 ** 2;
const HEADROOM = 1.2;
const SOURCE = 'https://redis.io/docs/latest/develop/reference/eviction/';

/** What backlog and output buffers take beside the data, and what of maxmemory that leaves. */
export const memory: Measurement = {
  id: 'memory',
  what: 'memory of backlog and output buffers against maxmemory',
  estimateMs: () => 2_500,
  run: async (subject, assumptions, tell) => {
    const backlogBytes = settingsInFile(subject).number('repl-backlog-size');
    const filled = Math.min(backlogBytes, FILLED_MAX_BYTES);
    const more = {
      ...AT_ONCE,
      // What is measured is what a full backlog takes, not what is refused or evicted for it.
      maxmemory: 0,
      ...(filled < backlogBytes && { 'repl-backlog-size': filled }),
    };
    await using pair = await subject.start({ replicas: 1, more });
    const { master, replica } = pair;
    const settings = await settingsOf(master, subject, more);
    tell(`filling a backlog of ${showBytes(filled)}`);
    using writer = streamWriter(master, assumptions.valueBytes);
    await writer.atMost(1.1 * filled);
    await samePlace(replica, master);
    const tookBytes = Number(parseInfo(await master.info()).get('mem_replication_backlog'));
    return judge({ filled, tookBytes, backlogBytes }, assumptions, {
      settings,
      maxmemory: settingsInFile(subject).number('maxmemory'),
    });
  },
};

export function judge(
  of: { readonly filled: number; readonly tookBytes: number; readonly backlogBytes: number },
  { datasetBytes, replicas }: Assumptions,
  {
    settings,
    maxmemory,
  }: { readonly settings: Pick<Settings, 'text' | 'replicaLimit'>; readonly maxmemory: number },
): { findings: Finding[]; behaviours: Behaviour[] } {
  const { filled, tookBytes, backlogBytes } = of;
  const limit = settings.replicaLimit.hardBytes;
  const buffers = limit === 0 ? 'no limit' : showBytes(limit);
  const left = maxmemory - backlogBytes;
  const measured: Finding['measured'] = [
    {
      what: `memory that a full backlog of ${showBytes(filled)} takes`,
      value: tookBytes,
      unit: 'bytes',
      predicted: filled,
    },
    { what: 'maxmemory', value: maxmemory === 0 ? 'no limit' : maxmemory, unit: 'bytes' },
    ...(maxmemory === 0
      ? []
      : [{ what: 'of it left for data', value: 'computed', unit: 'bytes', predicted: left }]),
    {
      what: `output buffers of ${replicas} replicas, beside maxmemory, at most`,
      value: 'computed',
      predicted: buffers,
    },
  ];
  const common = {
    id: 'memory',
    measured,
    why: 'The backlog counts towards maxmemory. What waits for replicas beyond it does not, up to client-output-buffer-limit, and neither does what a fork copies of pages that are written to while it makes an RDB.',
    source: SOURCE,
  };
  const finding = (): Finding => {
    if (maxmemory === 0)
      return {
        ...common,
        severity: 'note',
        title: `There is no maxmemory: data, a backlog of ${showBytes(backlogBytes)} and output buffers (${buffers}) grow until the machine has none.`,
      };
    if (datasetBytes > left)
      return {
        ...common,
        severity: 'risk',
        title: `Data of ${showBytes(datasetBytes)} does not fit: maxmemory leaves ${showBytes(Math.max(0, left))} beside the backlog, so ${settings.text('maxmemory-policy') === 'noeviction' ? 'writes are refused' : 'keys are evicted'}.`,
        remedy: {
          directive: 'maxmemory',
          value: asDirective(HEADROOM * (datasetBytes + backlogBytes)),
        },
      };
    return {
      ...common,
      severity: 'ok',
      title: `Data of ${showBytes(datasetBytes)} fits into the ${showBytes(left)} that maxmemory leaves beside the backlog; output buffers can take ${buffers} more.`,
    };
  };
  return {
    findings: [finding()],
    behaviours: [
      {
        id: 'memory',
        what: 'memory for data',
        after: maxmemory === 0 ? 'no limit' : showBytes(left),
      },
    ],
  };
}
