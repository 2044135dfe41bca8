import { FINISH, PASS, type ToxicType } from '../toxic.ts';

/** Milliseconds between the end of the source and the end that the sink sees. */
type SlowClose = { readonly delay: number };

export const slowClose: ToxicType<SlowClose> = {
  type: 'slow_close',
  defaults: { delay: 0 },
  start({ delay }) {
    let dueMs: number | undefined;
    return {
      chunk: () => PASS,
      end(nowMs) {
        dueMs ??= nowMs + delay;
        return nowMs < dueMs ? { kind: 'wait', untilMs: dueMs } : FINISH;
      },
    };
  },
};
