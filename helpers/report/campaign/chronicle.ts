import type { Finding, RecordedLog, RunEvent, RunRecord } from '../../campaign/record.ts';
import { faultOutcomes } from './faults.ts';
import { resyncWords } from './lanes.ts';
import { faultWords, linkName, subjectOf } from './plan-words.ts';

/** Something that happened, in words. */
export interface Entry {
  readonly atMs: number;
  readonly subject: string;
  readonly text: string;
}

/** Everything that was done and seen but for operations, samples and logs, in the order of time. */
export function chronicle(record: RunRecord): readonly Entry[] {
  const faults = new Map(faultOutcomes(record).map(({ fault }) => [fault.id, fault]));
  const ofEvent = (event: RunEvent): Omit<Entry, 'atMs'> => {
    switch (event.what) {
      case 'phase':
        return { subject: 'run', text: event.phase };
      case 'fault':
      case 'heal':
      case 'passed-over': {
        const fault = faults.get(event.fault);
        const words = fault === undefined ? '' : ` ${faultWords(fault)}`;
        const subject = fault === undefined ? event.fault : subjectOf(fault);
        if (event.what === 'fault') {
          return { subject, text: `${event.fault}:${words}${clause('seen: ', event.effect)}` };
        }
        if (event.what === 'heal') {
          return { subject, text: `${event.fault} ended${clause('by ', event.condition)}` };
        }
        return { subject, text: `${event.fault} passed over:${words}; ${event.reason}` };
      }
      case 'ended':
      case 'started':
      case 'promoted':
      case 'demoted':
        return { subject: event.node, text: event.what };
    }
  };
  return [
    ...record.events.map((event) => ({ atMs: event.atMs, ...ofEvent(event) })),
    ...record.resyncs.map((resync) => ({
      atMs: resync.atMs,
      subject: linkName(resync.replica, resync.upstream),
      text: resyncWords(resync),
    })),
    ...record.troubles.map(({ atMs, node = 'run', verdict, text }) => ({
      atMs,
      subject: node,
      text: `trouble (${verdict}): ${text}`,
    })),
  ].sort((a, b) => a.atMs - b.atMs);
}

function clause(before: string, said: string | undefined): string {
  return said === undefined ? '' : `; ${before}${said}`;
}

const AROUND_MS = 2_000;
const MOST_LINES = 40;

/** What servers logged within 2 s of a finding, the lines nearest to it if they are many, in the order of time. */
export function logsAround(
  logs: readonly RecordedLog[],
  { atMs }: Finding,
): { readonly lines: readonly RecordedLog[]; readonly leftOut: number } {
  if (atMs === undefined) return { lines: [], leftOut: 0 };
  const near = logs.filter((line) => Math.abs(line.atMs - atMs) <= AROUND_MS);
  const lines = near
    .toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))
    .slice(0, MOST_LINES)
    .sort((a, b) => a.atMs - b.atMs);
  return { lines, leftOut: near.length - lines.length };
}
