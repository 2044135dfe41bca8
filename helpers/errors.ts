/**
 * How a run can end without a pass. `correctness` and `liveness` speak of the server under test,
 * `inconclusive` of a test that did not get to bite, `environment` of the machine, `misuse` of the caller.
 */
export type Verdict = (typeof VERDICTS)[number];

export const VERDICTS = [
  'correctness',
  'liveness',
  'inconclusive',
  'environment',
  'misuse',
] as const;

/** An error of ours: the verdict class is stable and machine readable, the message finishes the sentence. */
export class ChaosError extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict, message: string, options?: ErrorOptions) {
    super(`${verdict}: ${message}`, options);
    this.name = 'ChaosError';
    this.verdict = verdict;
  }
}

const OWN_VERDICT = new RegExp(`^(?:${VERDICTS.join('|')}): `);

/** The message of an error, for where its verdict is told beside it. */
export function withoutVerdict(message: string): string {
  return message.replace(OWN_VERDICT, '');
}

/** The message of anything thrown, with the reasons where it names none itself. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') {
    return thrown.errors.map(messageOf).join('; ');
  }
  if (thrown instanceof SuppressedError) {
    // What failed first comes first: the rest failed in cleaning up after it.
    return `${messageOf(thrown.suppressed)}; and then: ${messageOf(thrown.error)}`;
  }
  if (!(thrown instanceof Error)) return String(thrown);
  // fetch says what went wrong in the cause alone.
  return thrown.message === 'fetch failed' && thrown.cause !== undefined
    ? `${thrown.message}: ${messageOf(thrown.cause)}`
    : thrown.message;
}
