import { type Decision, PASS, type ToxicType, WAIT } from '../toxic.ts';

/** Cuts behind byte number `bytes` of each connection: exactly so many are delivered. `reset`: by RST. */
type CutAt = { readonly bytes: number; readonly reset: boolean };

/**
 * Extension. Counts from the start of the connection, unlike limit_data. A connection that is already
 * past the byte when the toxic comes is left alone. A RST may overtake bytes that the peer has not read
 * yet, so the count is exact for what the peer receives only without `reset`.
 */
export const cutAt: ToxicType<CutAt> = {
  type: 'cut_at',
  extension: true,
  defaults: { bytes: 0, reset: false },
  problem: ({ bytes }) => (bytes < 0 ? `bytes must be 0 or more, got ${bytes}` : undefined),
  start({ bytes, reset }, place) {
    const ending = reset ? 'reset' : 'close';
    const cut: Decision = { kind: 'finish', ending };
    return {
      chunk(chunk) {
        const left = bytes - chunk.offset;
        if (left < 0) return PASS;
        if (left === 0) return cut;
        return left > chunk.data.length ? PASS : { kind: 'pass', bytes: left, ending };
      },
      idle: () => (place.position === bytes ? cut : WAIT),
    };
  },
};
