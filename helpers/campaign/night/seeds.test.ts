import { expect, test } from 'vitest';
import { campaignSeeds } from './seeds.ts';

function first(count: number, seeds: Generator<number>): number[] {
  return Array.from({ length: count }, () => Number(seeds.next().value));
}

test('a seed gives the same campaigns on every machine', () => {
  expect(first(3, campaignSeeds(42, { number: 1, of: 1 }))).toEqual([
    283_157_432, 3_409_822_519, 2_276_100_796,
  ]);
});

test('another seed gives others', () => {
  const [one, other] = [1, 2].map((seed) => first(3, campaignSeeds(seed, { number: 1, of: 1 })));
  expect(one).not.toEqual(other);
});

test('shards take turns in what the night undivided would be', () => {
  const whole = first(6, campaignSeeds(7, { number: 1, of: 1 }));
  const shards = [1, 2, 3].map((number) => first(2, campaignSeeds(7, { number, of: 3 })));
  expect(shards).toEqual([
    [whole[0], whole[3]],
    [whole[1], whole[4]],
    [whole[2], whole[5]],
  ]);
});
