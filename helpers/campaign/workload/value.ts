import type { Random } from '../../random.ts';

/** Longer than what LZF looks back, so that an RDB does not make it short. */
const BLOCK_BYTES = 65_536;
const SMALL_BYTES = 100;
const MEDIUM_BYTES = 4_000;
const MEDIUM = 1 / 20;
/** A few of many bytes are enough to fill every buffer on the way. */
const LARGE = 1 / 400;
const END_OF_VERSION = ':';

/** Values that tell their version: `17:` and padding, mostly of few bytes, seldom of up to `bytesMax`. */
export function valuesOf(random: Random, bytesMax: number): (version: number) => Buffer {
  const block = random.bytes(BLOCK_BYTES);
  return (version) => {
    const head = Buffer.from(`${version}${END_OF_VERSION}`);
    return Buffer.concat([head, padding(block, sizeOf(random, bytesMax))]);
  };
}

/** The version in a value, or in its beginning. */
export function versionOf(value: string): string {
  const end = value.indexOf(END_OF_VERSION);
  return end < 0 ? value : value.slice(0, end);
}

function sizeOf(random: Random, bytesMax: number): number {
  const most = random.chance(LARGE) ? bytesMax : random.chance(MEDIUM) ? MEDIUM_BYTES : SMALL_BYTES;
  return random.integer(0, Math.min(most, bytesMax));
}

function padding(block: Buffer, bytes: number): Buffer {
  const padded = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += block.length) block.copy(padded, at);
  return padded;
}
