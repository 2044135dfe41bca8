/** Something that happened in a run, on the harness's clock. */
export interface TimelineEntry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The node, link or tool it is about. */
  readonly subject: string;
  readonly text: string;
}

/** Milliseconds since the epoch, monotonic within the process. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** What the harness did and saw, in order. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];

  record(subject: string, text: string): void {
    this.entries.push({ atMs: now(), subject, text });
  }
}
