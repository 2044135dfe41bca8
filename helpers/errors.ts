/**
 * How a run can end without a pass. `correctness` and `liveness` speak of the server under test,
 * `inconclusive` of a test that did not get to bite, `environment` of the machine, `misuse` of the caller.
 */
export type Verdict = 'correctness' | 'liveness' | 'inconclusive' | 'environment' | 'misuse';

/** An error of ours: the verdict class is stable and machine readable, the message finishes the sentence. */
export class ChaosError extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict, message: string, options?: ErrorOptions) {
    super(`${verdict}: ${message}`, options);
    this.name = 'ChaosError';
    this.verdict = verdict;
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') {
    return thrown.errors.map(messageOf).join('; ');
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}
