import type { Random } from '../../random.ts';

const PRECISION = 1e6;
const WEIGHT_PRECISION = 1_000;

/**
 * Draws numbers from 0 to `count` - 1, the smaller the more often, by Zipf's law with this exponent; 0: all alike.
 * Whole numbers decide, so that every machine draws the same.
 */
export function zipf(random: Random, count: number, exponent: number): () => number {
  const sums: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    // Powers may differ in their last bits from one machine to the next; these are far from those.
    total += Math.max(1, Math.round(PRECISION / rank ** exponent));
    sums.push(total);
  }
  return () => {
    const at = random.integer(1, total);
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Draws names as often as their weights say, relative to each other. Weights are whole numbers or fractions of them. */
export function drawByWeight<Name extends string>(
  random: Random,
  weights: Readonly<Record<Name, number>>,
): () => Name {
  const names = Object.keys(weights) as Name[];
  const scaled = names.map((name) => Math.round(weights[name] * WEIGHT_PRECISION));
  const total = scaled.reduce((sum, weight) => sum + weight, 0);
  return () => {
    let left = random.integer(1, total);
    const at = scaled.findIndex((weight) => {
      left -= weight;
      return left <= 0;
    });
    return names[at] as Name;
  };
}
