import type { Finding, RunRecord } from '../../campaign/record.ts';

/** What a checker objects to. Its name is added by whoever runs it. */
export type Objection = Omit<Finding, 'checker'>;

/** A pure function over all that was recorded. Each stands in a file of its own, whose head says what Redis promises of it. */
export interface Checker {
  /** In the words of the field. */
  readonly name: string;
  readonly check: (record: RunRecord) => readonly Objection[];
}

/** An instant, as findings tell it: relative to when the deployment was ready. */
export function when({ head }: RunRecord, atMs: number): string {
  return `at ${Math.round(atMs - head.readyAtMs)} ms`;
}
