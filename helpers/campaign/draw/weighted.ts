import type { Random } from '../../random.ts';

/** One of the list, each as often as its weight says. Weights are whole numbers, and not all 0. */
export function weighted<T>(
  random: Random,
  list: readonly (readonly [value: T, weight: number])[],
): T {
  const total = list.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.integer(1, total);
  for (const [value, weight] of list) {
    left -= weight;
    if (left <= 0) return value;
  }
  throw new RangeError('no weight is above 0');
}
