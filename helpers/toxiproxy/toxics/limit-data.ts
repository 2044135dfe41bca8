import type { ToxicType } from '../toxic.ts';

/** Bytes let through, counted from when the toxic was put on the connection. */
type LimitData = { readonly bytes: number };

/** Closes the connection behind the last byte allowed; with 0, at the first byte that comes. */
export const limitData: ToxicType<LimitData> = {
  type: 'limit_data',
  defaults: { bytes: 0 },
  start({ bytes }, place) {
    return {
      chunk(chunk) {
        const left = bytes - place.passedBytes;
        if (left <= 0) return { kind: 'finish', ending: 'close' };
        return left > chunk.data.length
          ? { kind: 'pass' }
          : { kind: 'pass', bytes: left, ending: 'close' };
      },
    };
  },
};
