import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../property-seed.ts';
import { countFirst } from './ordered.ts';

test('as many as a look at each would count', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9 })), fc.nat({ max: 10 }), (numbers, limit) => {
      const ordered = numbers.sort((a, b) => a - b);
      const fits = (one: number): boolean => one < limit;
      expect(countFirst(ordered, fits)).toBe(ordered.filter(fits).length);
    }),
  );
});
