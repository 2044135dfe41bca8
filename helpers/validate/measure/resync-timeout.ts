import type { Assumptions, Finding, Measured } from '../report.ts';
import { showMs } from '../units.ts';
import { bytesPerSecondOver } from './over-link.ts';
import type { ResyncRun } from './resync-run.ts';

/** What a sender's kernel takes before it makes the server wait: the most of a socket's send buffer on Linux (tcp_wmem, tcp(7)). */
const SENT_UNHEARD_BYTES = 4 * 1_024 ** 2;
/** What a timeout should be beyond the silence that it has to bear. */
const HEADROOM = 2;
/** Lags are told in whole seconds. */
const ROUNDED_SECONDS = 1;
/** A silence that follows the rule for these buffers is at least half of what they come to. */
const FOLLOWS = 0.5;
/** What a master says that gives up in the middle of a diskless transfer. */
const NO_ROOM = /\(full sync\)/;
const WHY =
  'A master takes a full resync for sent when its kernel has taken the last byte, and from then on ends the connection when it hears nothing of the replica for more than repl-timeout seconds. But what the kernel holds has still to cross the link, and a replica says nothing before it begins to load. A diskless master also ends it in the middle, when the kernel has had no room for that long: it tells of room once a third of it is free. How long all of the transfer takes does not matter.';
const SOURCE = 'redis 7.0, replication.c, replicationCron, sendBulkToSlave, rdbPipeReadHandler';

/** How long a master hears nothing of a replica that is sent so much over the link at most, in seconds. */
export function unheardFor(datasetBytes: number, link: Assumptions['link']): number {
  const bytesPerSecond = bytesPerSecondOver(link);
  if (bytesPerSecond === undefined) return 0;
  return Math.min(datasetBytes, SENT_UNHEARD_BYTES) / bytesPerSecond;
}

/** The shortest repl-timeout, in seconds, that a full resync over the link does not run into. */
export function timeoutFor(unheardSeconds: number): number {
  return Math.ceil(HEADROOM * (unheardSeconds + ROUNDED_SECONDS));
}

/**
 * What a repl-timeout means that is shorter than the silence at the end of a full resync; undefined if it is not. `free` is
 * a run without a timeout where the first was dropped for it.
 */
export function timeoutFinding(
  run: ResyncRun,
  free: ResyncRun,
  of: {
    readonly assumptions: Assumptions;
    readonly measuredBytes: number;
    readonly timeoutSeconds: number;
  },
): Finding | undefined {
  const { assumptions, measuredBytes, timeoutSeconds: timeout } = of;
  const measurable = unheardFor(measuredBytes, assumptions.link);
  const whole = unheardFor(assumptions.datasetBytes, assumptions.link);
  // Where the measured data filled the kernel’s buffers, more of it makes no longer silence.
  const share = measurable === 0 ? 0 : Math.min(1, free.unheardSeconds / measurable);
  const isMore = whole > measurable && share >= FOLLOWS;
  // Once it was dropped, the most that there can be is what it should bear.
  const most = run.drops.length > 0 ? whole : isMore ? share * whole : 0;
  const needed = Math.max(free.unheardSeconds, most);
  const isComputed = run.drops.length === 0;
  if (isComputed && (assumptions.link === undefined || needed < timeout)) return undefined;
  const silence = showMs(1_000 * Math.round(needed));
  const isEndless = run.outcome === 'dropped';
  const silent =
    run.drops.length > 0 && run.drops.every((line) => NO_ROOM.test(line))
      ? 'finds no room to write on for up to'
      : 'hears nothing of the replica at its end for';
  const end = isEndless
    ? 'drops it, every time: it never ends'
    : isComputed
      ? 'would drop it'
      : 'dropped it once; the backlog held what was written meanwhile';
  const measured: Measured[] = [
    unheardRow(free, measurable),
    ...(whole > measurable
      ? [
          {
            what: 'the same for all of the data',
            value: 'computed',
            unit: 's',
            predicted: `at most ${Math.round(whole)}`,
          },
        ]
      : []),
    { what: 'repl-timeout', value: timeout, unit: 's' },
    { what: 'connections given up', value: run.drops.join('; ') || 'none' },
  ];
  return {
    id: 'resync-timeout',
    severity: isEndless ? 'broken' : 'risk',
    title: `repl-timeout is too short for a full resync over this link: the master ${silent} ${silence}, and after ${timeout} s ${end}.`,
    measured,
    why: WHY,
    source: SOURCE,
    remedy: {
      directive: 'repl-timeout',
      value: String(timeoutFor(needed)),
    },
  };
}

/** What a master that had sent all was kept waiting for. */
export function unheardRow({ unheardSeconds }: ResyncRun, predictedSeconds: number): Measured {
  return {
    what: 'longest that the master had heard nothing of the replica, by its own count',
    value: unheardSeconds,
    unit: 's',
    ...(predictedSeconds > 0 && {
      predicted: `at most ${Number(predictedSeconds.toPrecision(2))}`,
    }),
  };
}
