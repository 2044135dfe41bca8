import { expect, test } from 'vitest';
import { seeded } from '../../random.ts';
import { weighted } from './weighted.ts';

test('each as often as its weight says, and one of weight 0 never', () => {
  const random = seeded(1);
  const counts = { a: 0, b: 0, c: 0 };
  for (let draw = 0; draw < 4_000; draw += 1) {
    counts[
      weighted(random, [
        ['a', 3],
        ['b', 0],
        ['c', 1],
      ] as const)
    ] += 1;
  }
  expect(counts.b).toBe(0);
  expect(counts.a / counts.c).toBeCloseTo(3, 0);
});

test('nothing to choose from is refused', () => {
  expect(() => weighted(seeded(1), [])).toThrow('no whole numbers from 1 to 0');
  expect(() => weighted(seeded(1), [['a', 0]])).toThrow('no whole numbers from 1 to 0');
});
