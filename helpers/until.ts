import { setTimeout as pause } from 'node:timers/promises';
import { ChaosError, messageOf, type Verdict } from './errors.ts';
import { inTime } from './in-time.ts';

/** A look costs the servers and the tests CPU that others wait for: the longer a wait, the rarer the looks. */
const POLL_MS = 10;
const RAREST_POLL_MS = 50;
const POLL_PER_WAITED = 0.1;
const MIN_LOOK_MS = 1_000;

export interface UntilOptions {
  /** What is waited for, as the end of "waited for ...". */
  readonly what: string;
  /** Deadline in milliseconds from now. */
  readonly withinMs: number;
  /** Class of the error when the deadline passes. Default `liveness`. */
  readonly verdict?: Verdict;
  /** Words for the last value seen. Default: its JSON. */
  readonly describe?: (seen: unknown) => string;
}

/**
 * Polls `probe` until `accepts` holds and returns that value. A probe that throws counts as not yet,
 * unless what it throws is a ChaosError: that is a verdict, and ends the wait.
 * Past the deadline, which holds for a probe that never settles, too, it throws a ChaosError that says
 * what was seen last.
 */
export async function until<T>(
  probe: () => Promise<T> | T,
  accepts: (seen: T) => boolean,
  options: UntilOptions,
): Promise<T> {
  const startedAt = performance.now();
  const describe = options.describe ?? ((seen: unknown) => JSON.stringify(seen));
  let last = (): string => 'nothing yet';
  for (;;) {
    try {
      const seen = await within(probe, startedAt + options.withinMs);
      if (accepts(seen)) return seen;
      last = () => describe(seen);
    } catch (thrown) {
      if (thrown instanceof ChaosError) throw thrown;
      last = () => `error: ${messageOf(thrown)}`;
    }
    const waitedMs = performance.now() - startedAt;
    if (waitedMs >= options.withinMs) {
      throw new ChaosError(
        options.verdict ?? 'liveness',
        `waited ${Math.round(options.withinMs)} ms for ${options.what}; last seen: ${last()}`,
      );
    }
    await pause(Math.min(RAREST_POLL_MS, Math.max(POLL_MS, waitedMs * POLL_PER_WAITED)));
  }
}

/** The probe's result, or a rejection at the deadline if that comes first; one look is always granted. */
async function within<T>(probe: () => Promise<T> | T, deadline: number): Promise<T> {
  const leftMs = Math.max(MIN_LOOK_MS, deadline - performance.now());
  return inTime(probe(), leftMs, 'no answer');
}
