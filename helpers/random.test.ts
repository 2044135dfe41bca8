import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded, xoshiro128 } from './random.ts';

test('a seed stands for the same choices on every machine', () => {
  const random = seeded(42);
  expect(Array.from({ length: 5 }, () => random.integer(0, 999))).toEqual([10, 974, 618, 432, 827]);
  expect(seeded(42).bytes(6).toString('hex')).toBe('69e48f023ae2');
});

test('the generator gives the published outputs of xoshiro128** for the state 1 2 3 4', () => {
  const next = xoshiro128(Buffer.from(new Uint32Array([1, 2, 3, 4]).buffer));
  expect(Array.from({ length: 6 }, next)).toEqual([
    11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492,
  ]);
});

test('integers stay in their range and reach both ends', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: -5, max: 5 }),
      fc.nat({ max: 4 }),
      (seed, min, span) => {
        const random = seeded(seed);
        const drawn = new Set(Array.from({ length: 400 }, () => random.integer(min, min + span)));
        expect([...drawn].sort((x, y) => x - y)).toEqual(
          Array.from({ length: span + 1 }, (_, at) => min + at),
        );
      },
    ),
  );
});

test('a fork does not depend on what its parent has drawn', () => {
  const fresh = seeded(7).fork('keys');
  const used = seeded(7);
  used.bytes(100);
  expect(used.fork('keys').bytes(16)).toEqual(fresh.bytes(16));
  expect(seeded(7).fork('values').bytes(16)).not.toEqual(seeded(7).fork('keys').bytes(16));
  expect(fresh.name).toBe('7/keys');
});

test('chance is certain at its ends and near its rate between them', () => {
  const random = seeded(1);
  const hits = (probability: number) =>
    Array.from({ length: 1_000 }, () => random.chance(probability)).filter(Boolean).length;
  expect([hits(0), hits(1)]).toEqual([0, 1_000]);
  expect(Math.abs(hits(0.25) - 250)).toBeLessThan(60);
});

test('impossible requests are refused', () => {
  expect(() => seeded(0.5)).toThrow('seed must be a whole number, got 0.5');
  expect(() => seeded(1).integer(2, 1)).toThrow('no whole numbers from 2 to 1');
  expect(() => seeded(1).pick([])).toThrow('nothing to pick from');
});
