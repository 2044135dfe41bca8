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

test('of all small parts, alone and in pairs, no two share an encoding', () => {
  // The texts look like the encoding's own lengths and counts.
  const texts = ['', '\0', '\x01\0\0\0'].map((characters) => Buffer.from(characters, 'latin1'));
  const lists = [
    [],
    ...texts.map((one) => [one]),
    ...texts.map((one) => [one, texts[0] as Buffer]),
  ];
  const singles = lists.flatMap((name) =>
    lists.map((content): Part => ({ kind: 'value', name, content })),
  );
  const pairs = singles.flatMap((one) => singles.map((other) => [one, other]));
  const values = [[], ...singles.map((one) => [one]), ...pairs];
  const encodings = new Set(values.map((value) => encodeParts('t', value).toString('latin1')));
  expect(encodings.size).toBe(values.length);
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
