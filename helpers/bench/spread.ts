import { median } from '../median.ts';

/** Several measurements of one thing, in its unit. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  /** Nine of ten were no greater. */
  readonly p90: number;
  readonly max: number;
}

/** Of none, all are NaN. */
export function spread(values: readonly number[]): Spread {
  const inOrder = values.toSorted((a, b) => a - b);
  return {
    min: inOrder[0] ?? Number.NaN,
    median: median(inOrder),
    p90: inOrder[Math.ceil(inOrder.length * 0.9) - 1] ?? Number.NaN,
    max: inOrder.at(-1) ?? Number.NaN,
  };
}
