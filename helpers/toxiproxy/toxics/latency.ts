import { integerBetween } from '../random.ts';
import type { ToxicType } from '../toxic.ts';

/** Milliseconds. Each chunk leaves `latency`, give or take up to `jitter`, after it arrived; order is kept. */
type Latency = { readonly latency: number; readonly jitter: number };

/** Room for 160 MB/s at 100 ms, so that a delay does not become a bandwidth limit. */
const BUFFER_BYTES = 16 * 1024 * 1024;

export const latency: ToxicType<Latency> = {
  type: 'latency',
  defaults: { latency: 0, jitter: 0 },
  bufferBytes: BUFFER_BYTES,
  start({ latency, jitter }, { random }) {
    let drawnForOffset = -1;
    let delayMs = 0;
    return {
      chunk(chunk, nowMs) {
        if (chunk.offset !== drawnForOffset) {
          drawnForOffset = chunk.offset;
          delayMs = latency + (jitter > 0 ? integerBetween(random, -jitter, jitter - 1) : 0);
        }
        const dueMs = chunk.atMs + Math.max(0, delayMs);
        if (nowMs < dueMs) return { kind: 'wait', untilMs: dueMs };
        return { kind: 'pass', atMs: dueMs };
      },
    };
  },
};
