/** Time as the proxy sees it, passed in so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the Unix epoch, with fractions; never goes back. */
  nowMs(): number;
  /** Calls `run` once at `atMs` or just after; the returned function cancels. */
  at(atMs: number, run: () => void): () => void;
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Longest delay that setTimeout keeps; a longer one would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The machine's clock. Waits under a millisecond spin on the event loop: timers are coarser than a slicer's delay. */
export const systemClock: Clock = {
  nowMs,
  at(atMs, run) {
    const delayMs = atMs - nowMs();
    if (delayMs < 1) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, Math.min(delayMs, TIMER_MAX_MS));
    return () => clearTimeout(timer);
  },
};
