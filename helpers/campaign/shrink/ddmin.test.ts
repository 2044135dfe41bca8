import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ddmin } from './ddmin.ts';

/** Fails if all of these are there. */
function needs(needed: readonly number[]) {
  return async (part: readonly number[]) => needed.every((item) => part.includes(item));
}

test('what is needed is what is left, in its order', () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .uniqueArray(fc.nat(), { maxLength: 30 })
        .chain((items) => fc.record({ items: fc.constant(items), needed: fc.subarray(items) })),
      async ({ items, needed }) => {
        expect(await ddmin(items, needs(needed))).toEqual(needed);
      },
    ),
  ));

test('whatever fails, no single item of what is left can be left out', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (items, least) => {
        const fails = async (part: readonly number[]) =>
          part.reduce((sum, item) => sum + item, 0) >= least;
        fc.pre(await fails(items));
        const kept = await ddmin(items, fails);
        expect(await fails(kept)).toBe(true);
        for (const at of kept.keys()) {
          expect(await fails(kept.filter((_, other) => other !== at))).toBe(false);
        }
      },
    ),
  ));

test('one item of many is found in few runs', async () => {
  let runs = 0;
  const items = Array.from({ length: 64 }, (_, at) => at);
  const kept = await ddmin(items, (part) => {
    runs += 1;
    return needs([41])(part);
  });
  expect(kept).toEqual([41]);
  expect(runs).toBeLessThanOrEqual(13);
});
