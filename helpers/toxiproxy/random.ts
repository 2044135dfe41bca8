import { createHash } from 'node:crypto';

/** A stream of numbers in [0, 1). */
export type Random = () => number;

/**
 * A generator that depends on the seed and the path alone, so that two connections or two toxics never
 * share draws: what one does cannot shift what another decides.
 */
export function forkRandom(seed: number, ...path: readonly (string | number)[]): Random {
  const state = createHash('sha256')
    .update(JSON.stringify([seed, ...path]))
    .digest();
  return sfc32(
    state.readUInt32LE(0),
    state.readUInt32LE(4),
    state.readUInt32LE(8),
    state.readUInt32LE(12),
  );
}

/** A whole number in [low, high], both ends included. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** Small Fast Counter, 32 bit (PractRand, Chris Doty-Humphrey, public domain): four words of state. */
function sfc32(seedA: number, seedB: number, seedC: number, seedCounter: number): Random {
  let a = seedA;
  let b = seedB;
  let c = seedC;
  let counter = seedCounter;
  return () => {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    return (mixed >>> 0) / 2 ** 32;
  };
}
