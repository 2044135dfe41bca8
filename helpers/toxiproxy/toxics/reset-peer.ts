import type { Decision, ToxicType } from '../toxic.ts';

/** Milliseconds between the first byte (or the end) of the direction and the reset. */
type ResetPeer = { readonly timeout: number };

/** Both peers get a RST; what was under way is lost. An idle connection is left alone until it speaks. */
export const resetPeer: ToxicType<ResetPeer> = {
  type: 'reset_peer',
  defaults: { timeout: 0 },
  start({ timeout }) {
    let dueMs: number | undefined;
    const reset = (nowMs: number): Decision => {
      dueMs ??= nowMs + timeout;
      return nowMs < dueMs ? { kind: 'wait', untilMs: dueMs } : { kind: 'finish', ending: 'reset' };
    };
    return { chunk: (_chunk, nowMs) => reset(nowMs), end: reset };
  },
};
