import { ChaosError, messageOf, withoutVerdict } from '../errors.ts';

/**
 * A premise of the test and no promise of the server: that a fault bit, that a look came in time. An expectation that fails
 * in `check` becomes an `inconclusive` ChaosError that begins with `what`; what has a verdict of its own keeps it.
 */
export async function premise(what: string, check: () => unknown): Promise<void> {
  try {
    await check();
  } catch (cause) {
    if (!isBareExpectation(cause)) throw cause;
    throw new ChaosError('inconclusive', `${what}: ${messageOf(cause)}`, { cause });
  }
}

function isBareExpectation(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    thrown.name === 'AssertionError' &&
    withoutVerdict(thrown.message) === thrown.message
  );
}
