import type { Judgement, RunRecord, RunVerdict } from '../../campaign/record.ts';

/** All that a report on one run is made of. */
export interface ReportedRun {
  readonly record: RunRecord;
  readonly judgement: Judgement;
  /** The command that runs the same plan again. */
  readonly replay: string;
  /** Folder of the run's artifact, where it has one. */
  readonly artifact?: string;
  /** False where its reports could not be written. */
  readonly isReported?: boolean;
}

/** How a verdict is said: a sign beside the colour, and words. */
export const VERDICT_WORDS: Readonly<
  Record<RunVerdict, { readonly sign: string; readonly title: string; readonly means: string }>
> = {
  pass: {
    sign: '✓',
    title: 'Passed',
    means: 'Nothing wrong was seen, and everything converged in time.',
  },
  correctness: {
    sign: '✗',
    title: 'Correctness violated',
    means: 'The servers showed or kept something that must not be.',
  },
  liveness: {
    sign: '∞',
    title: 'Did not recover in time',
    means: 'What must happen after the faults had ended did not happen within its bound.',
  },
  inconclusive: {
    sign: '?',
    title: 'Inconclusive',
    means: 'The run did not get to test what it set out to: this is not a pass.',
  },
  environment: {
    sign: '!',
    title: 'The environment failed',
    means: 'The machine or the harness failed, so nothing is said of the servers.',
  },
};

/** Findings that decide the verdict before the others; otherwise in the order in which they were made. */
export function findingsByWeight({ verdict, findings }: Judgement): Judgement['findings'] {
  return [
    ...findings.filter((finding) => finding.verdict === verdict),
    ...findings.filter((finding) => finding.verdict !== verdict),
  ];
}
