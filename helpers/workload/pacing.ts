import { setTimeout as pause } from 'node:timers/promises';

/** How much time a paced load makes up for when it has fallen behind. */
const CATCH_UP_MS = 100;

/** Gives a function that resolves when the next operation is due; without a rate, at once. A stop ends the wait. */
export function pacing(
  ratePerSecond: number | undefined,
  signal: AbortSignal,
): () => Promise<void> {
  if (ratePerSecond === undefined) return () => Promise.resolve();
  const gapMs = 1_000 / ratePerSecond;
  let nextDueMs = performance.now();
  return async () => {
    const nowMs = performance.now();
    const dueMs = Math.max(nextDueMs, nowMs - CATCH_UP_MS);
    nextDueMs = dueMs + gapMs;
    if (dueMs > nowMs) await idle(dueMs - nowMs, signal);
  };
}

/** Lets so much time pass. It ends early, without an error, when the load is stopped. */
export async function idle(durationMs: number, signal?: AbortSignal): Promise<void> {
  await pause(durationMs, undefined, { signal }).catch(() => undefined);
}
