import { integerBetween } from '../random.ts';
import type { ToxicType } from '../toxic.ts';

/** Pieces of `average_size` bytes, give or take up to `size_variation`, each followed by `delay` microseconds. */
type Slicer = {
  readonly average_size: number;
  readonly size_variation: number;
  readonly delay: number;
};

export const slicer: ToxicType<Slicer> = {
  type: 'slicer',
  defaults: { average_size: 0, size_variation: 0, delay: 0 },
  problem({ average_size, size_variation }) {
    if (average_size < 1) return `average_size must be 1 byte or more, got ${average_size}`;
    if (size_variation < 0 || size_variation > average_size) {
      return `size_variation must be from 0 to average_size (${average_size}), got ${size_variation}`;
    }
    return undefined;
  },
  start({ average_size, size_variation, delay }, { random }) {
    let nextAtMs = 0;
    return {
      chunk(_chunk, nowMs) {
        if (nowMs < nextAtMs) return { kind: 'wait', untilMs: nextAtMs };
        nextAtMs = nowMs + delay / 1000;
        const low = Math.max(1, average_size - size_variation);
        return {
          kind: 'pass',
          bytes: integerBetween(random, low, average_size + size_variation),
        };
      },
    };
  },
};
