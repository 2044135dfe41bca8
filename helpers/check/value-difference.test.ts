import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeParts, type Part, type PartKind, type Value } from './value.ts';
import { wordValueDifference } from './value-difference.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const part = (kind: PartKind, name: string[], content: string[]): Part => ({
  kind,
  name: name.map(bytes),
  content: content.map(bytes),
});
const value = (...parts: Part[]): Value => ({ type: 'any', parts });

test.each<[PartKind, string[], string[], string[], string]>([
  ['value', [], ['a'], ['b'], 'value is "b", expected "a"'],
  ['element', ['3'], ['a'], ['b'], 'element 3 is "b", expected "a"'],
  ['field', ['age'], ['30'], ['31'], 'field "age" is "31", expected "30"'],
  ['scored-member', ['m'], ['1'], ['2'], 'member "m" has score 2, expected score 1'],
  ['field-expiry', ['f'], ['5'], ['6'], 'expiry of field "f" is 6 ms, expected 5 ms'],
  ['entry', ['1-1'], ['f', 'v'], ['f', 'w'], 'entry 1-1 is "f" "w", expected "f" "v"'],
  ['entries-read', ['g'], ['5'], ['6'], 'entries-read of group "g" is 6, expected 5'],
  [
    'group',
    ['g'],
    ['1-1'],
    ['2-1'],
    'group "g" has last-delivered-id 2-1, expected last-delivered-id 1-1',
  ],
])('words a different %s', (kind, name, wanted, found, words) => {
  const difference = wordValueDifference(
    value(part(kind, name, wanted)),
    value(part(kind, name, found)),
  );
  expect(difference).toBe(words);
});

test('words what is missing and what is extra, and counts the rest', () => {
  const full = value(part('member', ['a'], []), part('consumer', ['g', 'c'], []));
  expect(wordValueDifference(full, value())).toBe('member "a" is missing (and 1 more)');
  expect(wordValueDifference(value(), full)).toBe('member "a" is extra (and 1 more)');
  const field = value(part('field', ['a'], ['1']));
  expect(wordValueDifference(field, value())).toBe('field "a" is missing, expected "1"');
  expect(wordValueDifference(value(), field)).toBe('field "a" is extra: "1"');
});

test('says where long values part, since the middle is not shown', () => {
  const wanted = 'x'.repeat(200);
  const found = `${'x'.repeat(120)}\0${'x'.repeat(79)}`;
  expect(
    wordValueDifference(value(part('value', [], [wanted])), value(part('value', [], [found]))),
  ).toContain('; they part at byte 120: "\\x00xxxxxxx", expected "xxxxxxxx"');
});

test('a finer aspect counts only where both values have it', () => {
  const with5 = { ...value(), finer: { 'entries-read': [part('entries-read', ['g'], ['5'])] } };
  const with6 = { ...value(), finer: { 'entries-read': [part('entries-read', ['g'], ['6'])] } };
  expect(wordValueDifference(with5, with6)).toBe('entries-read of group "g" is 6, expected 5');
  expect(wordValueDifference(with5, value())).toBeUndefined();
});

test('there are words for a difference exactly when the encodings differ', () => {
  const fields = fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', '1', '2'))
    .map((hash) => Object.entries(hash).sort())
    .map((entries) => entries.map(([name, content]) => part('field', [name], [content])));
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      const worded = wordValueDifference(value(...one), value(...other)) !== undefined;
      expect(worded).toBe(!encodeParts('any', one).equals(encodeParts('any', other)));
    }),
  );
});
