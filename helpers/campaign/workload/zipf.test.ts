import { expect, test } from 'vitest';
import { seeded } from '../../random.ts';
import { drawByWeight, zipf } from './zipf.ts';

const DRAWS = 20_000;

function counts(draw: () => number, of: number): number[] {
  const found = Array<number>(of).fill(0);
  for (let at = 0; at < DRAWS; at += 1) {
    const drawn = draw();
    found[drawn] = (found[drawn] as number) + 1;
  }
  return found;
}

test('the first number is met as often as Zipf’s law says', () => {
  const [first = 0, second = 0, , fourth = 0] = counts(zipf(seeded(1), 10, 1), 10);
  expect(first / second).toBeCloseTo(2, 0);
  expect(first / fourth).toBeCloseTo(4, 0);
});

test('without skew all are met alike, the last as well', () => {
  for (const count of counts(zipf(seeded(1), 10, 0), 10)) {
    expect(Math.abs(count - DRAWS / 10)).toBeLessThan(DRAWS / 50);
  }
});

test('names are drawn by weight, those without never', () => {
  const draw = drawByWeight(seeded(1), { often: 3, seldom: 1, never: 0 });
  const drawn = Array.from({ length: DRAWS }, draw);
  const share = (name: string) => drawn.filter((one) => one === name).length / DRAWS;
  expect(share('often')).toBeCloseTo(0.75, 1);
  expect(share('seldom')).toBeCloseTo(0.25, 1);
  expect(share('never')).toBe(0);
});
