import { PASS, type ToxicType } from '../toxic.ts';

/** Flips the bits of `mask` (1 to 255) in the byte at `offset`, counted from 0 on each connection. */
type Corrupt = { readonly offset: number; readonly mask: number };

/** Extension. Length, order and connection stay intact: only the application can notice. */
export const corrupt: ToxicType<Corrupt> = {
  type: 'corrupt',
  extension: true,
  defaults: { offset: 0, mask: 0 },
  problem({ offset, mask }) {
    if (offset < 0) return `offset must be 0 or more, got ${offset}`;
    if (mask < 1 || mask > 255) return `mask must be from 1 to 255 (the bits to flip), got ${mask}`;
    return undefined;
  },
  start: ({ offset, mask }) => ({
    chunk(chunk) {
      const index = offset - chunk.offset;
      if (index < 0 || index >= chunk.data.length) return PASS;
      // A copy: the tap and other holders of these bytes must keep what was sent.
      const data = Buffer.from(chunk.data);
      data.writeUInt8(data.readUInt8(index) ^ mask, index);
      return { kind: 'pass', data };
    },
  }),
};
