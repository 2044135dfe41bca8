import { type Decision, FINISH, type ToxicType, WAIT } from '../toxic.ts';

/** Milliseconds of silence until the connection is closed; 0: it stays open and silent. */
type Timeout = { readonly timeout: number };

/**
 * Discards everything. The time counts from the last discarded chunk, as in Toxiproxy: a peer that keeps
 * sending is kept open. Removal closes the connection, since bytes are missing from it.
 */
export const timeout: ToxicType<Timeout> = {
  type: 'timeout',
  defaults: { timeout: 0 },
  onRemoval: 'close',
  start({ timeout }, _place, startedAtMs) {
    let silentSinceMs = startedAtMs;
    return {
      chunk(_chunk, nowMs): Decision {
        silentSinceMs = nowMs;
        return { kind: 'drop' };
      },
      idle(nowMs) {
        if (timeout <= 0) return WAIT;
        const dueMs = silentSinceMs + timeout;
        return nowMs < dueMs
          ? { kind: 'wait', untilMs: dueMs }
          : { kind: 'finish', ending: 'close' };
      },
      end: () => FINISH,
    };
  },
};
