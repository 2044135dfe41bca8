import { expect, test } from 'vitest';
import { forkRandom, integerBetween } from './random.ts';

const draws = (seed: number, ...path: (string | number)[]) => {
  const random = forkRandom(seed, ...path);
  return Array.from({ length: 20 }, random);
};

test('the same seed and path draw the same, any other draws otherwise', () => {
  expect(draws(1, 'proxy', 2, 'toxic')).toEqual(draws(1, 'proxy', 2, 'toxic'));
  const others = [
    draws(2, 'proxy', 2, 'toxic'),
    draws(1, 'proxy', 3, 'toxic'),
    draws(1, 'proxy', 2, 'other'),
    draws(1, 'proxy2', 'toxic'),
  ];
  for (const other of others) expect(other).not.toEqual(draws(1, 'proxy', 2, 'toxic'));
});

test('draws fill [0, 1) evenly', () => {
  const random = forkRandom(3);
  const buckets = new Array<number>(10).fill(0);
  for (let count = 0; count < 10_000; count += 1) {
    const drawn = random();
    expect(drawn).toBeGreaterThanOrEqual(0);
    expect(drawn).toBeLessThan(1);
    const bucket = Math.floor(drawn * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('whole numbers include both ends and nothing beyond', () => {
  const random = forkRandom(4);
  const seen = new Set(Array.from({ length: 200 }, () => integerBetween(random, -2, 1)));
  expect([...seen].toSorted((a, b) => a - b)).toEqual([-2, -1, 0, 1]);
});
