import { randomInt } from 'node:crypto';
import { ChaosError } from '../../errors.ts';

const RANDOM_SEED_MAX = 2 ** 32;

/** A number of at least `least`. Throws misuse for anything else. */
export function numberOption(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) {
    throw new ChaosError('misuse', `--${name} is ${text}, expected a number of at least ${least}`);
  }
  return value;
}

/** A whole number from 0 up to 2^53 - 1; a random one below 2^32 where none is given. */
export function seedOption(text: string | undefined): number {
  if (text === undefined) return randomInt(1, RANDOM_SEED_MAX);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new ChaosError('misuse', `--seed is ${text}, expected a whole number below 2^53`);
  }
  return Number(text);
}

/** `2/3`: the second of three. */
export function shardOption(text: string): { number: number; of: number } {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (number === undefined || of === undefined || number < 1 || number > of) {
    throw new ChaosError('misuse', `--shard is ${text}, expected one of them, as in 2/3`);
  }
  return { number, of };
}
