import type { RunRecord } from '../../campaign/record.ts';

/** The time that a report shows, from the moment when the deployment was ready. */
export interface Axis {
  /** Milliseconds since the epoch of what is 0 s on the axis. */
  readonly readyAtMs: number;
  /** From 0 to the last thing that is known of. Never 0. */
  readonly lengthMs: number;
}

export function axisOf({ head, samples, events, resyncs, final, troubles }: RunRecord): Axis {
  const { readyAtMs } = head;
  let lastMs = final?.atMs ?? readyAtMs;
  for (const kind of [samples, events, resyncs, troubles]) {
    for (const { atMs } of kind) lastMs = Math.max(lastMs, atMs);
  }
  return { readyAtMs, lengthMs: Math.max(1, Math.ceil(lastMs - readyAtMs)) };
}

/** Where on the axis an instant is, in percent: 0 for all before it, 100 for all after. */
export function percentOf({ readyAtMs, lengthMs }: Axis, atMs: number): number {
  const percent = ((atMs - readyAtMs) / lengthMs) * 100;
  return Math.round(Math.min(100, Math.max(0, percent)) * 1_000) / 1_000;
}
