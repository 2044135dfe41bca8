import type { ToxicType } from '../toxic.ts';
import { WAIT } from '../toxic.ts';

/** Kilobytes (1000 bytes) per second. 0 lets nothing through and loses nothing. */
type Bandwidth = { readonly rate: number };

/** A large chunk leaves in pieces of this long, so that the reader sees a flow and not lumps. */
const PIECE_MS = 100;
/** Waiting for less would keep the processor busy; the credit makes up for it. */
const TICK_MS = 1;
/** A timer that fired late is made up for, up to this much: time spent blocked by the reader is not. */
const CREDIT_MAX_MS = 250;

export const bandwidth: ToxicType<Bandwidth> = {
  type: 'bandwidth',
  defaults: { rate: 0 },
  problem: ({ rate }) => (rate < 0 ? `rate must be 0 KB/s or more, got ${rate}` : undefined),
  start({ rate }) {
    let pieceOffset = -1;
    let dueMs = 0;
    let creditMs = 0;
    return {
      chunk(chunk, nowMs) {
        // 1 KB/s is one byte per millisecond.
        const bytes = Math.min(chunk.data.length, rate * PIECE_MS);
        if (bytes === 0) return WAIT;
        if (chunk.offset !== pieceOffset) {
          pieceOffset = chunk.offset;
          dueMs = nowMs + bytes / rate - creditMs;
        }
        if (nowMs < dueMs) return { kind: 'wait', untilMs: Math.max(dueMs, nowMs + TICK_MS) };
        creditMs = Math.min(nowMs - dueMs, CREDIT_MAX_MS);
        return { kind: 'pass', bytes };
      },
    };
  },
};
