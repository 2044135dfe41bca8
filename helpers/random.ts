import { createHash } from 'node:crypto';

/**
 * A reproducible stream of random choices: the same seed gives the same choices on every machine.
 * The generator is xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c);
 * its 128 bits of state are the head of SHA-256 over the seed and the labels of the forks.
 */
export interface Random {
  /** The seed and, for a fork, its labels: `42/keys`. Print it to let a run be repeated. */
  readonly name: string;
  /** A whole number of the range, both ends included. The range spans less than 2^53. */
  integer(minInclusive: number, maxInclusive: number): number;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Buffer;
  /** True with the given probability, from 0 (never) to 1 (always). */
  chance(probability: number): boolean;
  /** An independent stream that does not depend on how much this one has been used. */
  fork(label: string): Random;
}

/** A stream for the seed, a whole number. */
export function seeded(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a whole number, got ${seed}`);
  return stream(String(seed));
}

function stream(name: string): Random {
  const next = xoshiro128(createHash('sha256').update(name).digest());
  /** 53 random bits as a fraction: 0 <= unit < 1. */
  const unit = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;

  const integer = (minInclusive: number, maxInclusive: number): number => {
    const span = maxInclusive - minInclusive + 1;
    if (!Number.isSafeInteger(span) || !Number.isSafeInteger(minInclusive) || span < 1) {
      throw new RangeError(`no whole numbers from ${minInclusive} to ${maxInclusive}`);
    }
    return minInclusive + Math.floor(unit() * span);
  };

  return {
    name,
    integer,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[integer(0, list.length - 1)] as T;
    },
    bytes: (length) => {
      const words = new Uint32Array(Math.ceil(length / 4)).map(next);
      const view = Buffer.alloc(words.length * 4);
      words.forEach((word, at) => {
        view.writeUInt32LE(word, at * 4);
      });
      return view.subarray(0, length);
    },
    chance: (probability) => unit() < probability,
    fork: (label) => stream(`${name}/${label}`),
  };
}

/** The bare generator: 32 random bits per call, from 16 bytes of state that are not all zero. */
export function xoshiro128(state: Buffer): () => number {
  let a = state.readUInt32LE(0);
  let b = state.readUInt32LE(4);
  let c = state.readUInt32LE(8);
  let d = state.readUInt32LE(12);
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
