import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeParts, type Part } from './value.ts';

const text = fc
  .string({ unit: fc.constantFrom('\0', '\x01', 'a'), maxLength: 3 })
  .map((characters) => Buffer.from(characters, 'latin1'));
const part: fc.Arbitrary<Part> = fc.record({
  kind: fc.constantFrom('member', 'field', 'entry'),
  name: fc.array(text, { maxLength: 2 }),
  content: fc.array(text, { maxLength: 2 }),
});
const parts = fc.array(part, { maxLength: 3 });

test('different parts never share an encoding, equal ones always do', () => {
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const sameBytes = encodeParts('t', one).equals(encodeParts('t', other));
      expect(sameBytes).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [['ab'], ['a', 'b']],
  [['a', ''], ['a']],
  [[''], []],
])('contents %j and %j are told apart', (one, other) => {
  const encoded = (content: string[]) =>
    encodeParts('t', [
      { kind: 'entry', name: [], content: content.map((item) => Buffer.from(item)) },
    ]);
  expect(encoded(one)).not.toEqual(encoded(other));
});

test('the same parts of another type, kind or place are told apart', () => {
  const a = Buffer.from('a');
  const encodings = [
    encodeParts('set', [{ kind: 'member', name: [a], content: [] }]),
    encodeParts('hash', [{ kind: 'member', name: [a], content: [] }]),
    encodeParts('set', [{ kind: 'element', name: [a], content: [] }]),
    encodeParts('set', [{ kind: 'member', name: [], content: [a] }]),
  ];
  expect(new Set(encodings.map((bytes) => bytes.toString('hex'))).size).toBe(4);
});
