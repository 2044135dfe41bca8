import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterPattern, atByte, type Matcher } from './when.ts';

/** Feeds the text in pieces of the sizes given and returns the first offset that matched. */
function firstMatch(matcher: Matcher, text: string, sizes: readonly number[]): number | undefined {
  let offset = 0;
  for (let at = 0; offset < text.length; at += 1) {
    const piece = text.slice(offset, offset + (sizes[at % sizes.length] ?? text.length));
    const met = matcher(Buffer.from(piece), offset);
    if (met !== undefined) return met;
    offset += piece.length;
  }
  return undefined;
}

test('the nth occurrence is found however the chunks divide it, as a plain search finds it', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(text, pattern, sizes, fc.integer({ min: 1, max: 3 }), (all, wanted, cut, nth) => {
      const ends = [...all.matchAll(new RegExp(wanted, 'g'))].map(
        ({ index }) => index + wanted.length,
      );
      expect(firstMatch(afterPattern(wanted, nth)(), all, cut)).toBe(ends[nth - 1]);
    }),
    { numRuns: 1_000 },
  );
});

test('each connection has a matcher of its own', () => {
  const matchers = afterPattern('ab');
  const first = matchers();
  expect(first(Buffer.from('a'), 0)).toBeUndefined();
  expect(matchers()(Buffer.from('b'), 0)).toBeUndefined();
  expect(first(Buffer.from('b'), 1)).toBe(2);
});

test('an empty pattern is refused', () => {
  expect(() => afterPattern('')).toThrow('the pattern is empty');
});

test('a byte is met by the chunk it is in', () => {
  expect(firstMatch(atByte(0)(), 'abc', [1])).toBe(0);
  expect(firstMatch(atByte(2)(), 'abc', [2])).toBe(2);
  expect(firstMatch(atByte(3)(), 'abc', [2])).toBeUndefined();
});
