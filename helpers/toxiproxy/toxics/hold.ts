import { FINISH, PASS, type ToxicType, WAIT } from '../toxic.ts';

/** Lets the first `after` bytes of each connection through and keeps the rest. */
type Hold = { readonly after: number };

/**
 * Extension. A pause without loss: nothing is delivered and nothing discarded, not even the end of the
 * direction; the sender meets back-pressure. Removal, or a larger `after`, releases in order.
 */
export const hold: ToxicType<Hold> = {
  type: 'hold',
  extension: true,
  defaults: { after: 0 },
  problem: ({ after }) => (after < 0 ? `after must be 0 bytes or more, got ${after}` : undefined),
  start: ({ after }, place) => ({
    chunk(chunk) {
      const left = after - chunk.offset;
      if (left <= 0) return WAIT;
      return left >= chunk.data.length ? PASS : { kind: 'pass', bytes: left };
    },
    end: () => (place.position < after ? FINISH : WAIT),
  }),
};
