import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fields, parseBody } from './fields.ts';

test.for([
  ['', 'bad request body: EOF'],
  ['  \n', 'bad request body: EOF'],
  ['{', 'bad request body: unexpected EOF'],
  ['{"a":', 'bad request body: unexpected EOF'],
  ['{"a":"b', 'bad request body: unexpected EOF'],
  ['[1,', 'bad request body: unexpected EOF'],
] as const)('%j: %s', ([text, message]) => {
  expect(() => parseBody(text)).toThrow(message);
});

test.for(['xx', '{"a":1}x', '{a:1}'])('%s is not JSON, and not cut short', (text) => {
  expect(() => parseBody(text)).toThrow(/^bad request body: (?!unexpected EOF)/);
});

test('any JSON is read as it is, and any beginning of an object breaks off', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, cut) => {
      const text = JSON.stringify(value);
      expect(parseBody(text)).toEqual(JSON.parse(text));
      const beginning = text.slice(0, 1 + (cut % (text.length - 1)));
      expect(() => parseBody(beginning)).toThrow(/^bad request body: /);
    }),
  );
});

test('names match whatever their case, null and absent take the fallback', () => {
  const fields = new Fields({ NAME: 'x', rate: null }, 'it');
  expect(fields.string('name', '')).toBe('x');
  expect(fields.integer('rate', 5)).toBe(5);
  expect(fields.boolean('enabled', true)).toBe(true);
  expect(new Fields(null, 'it').names).toEqual([]);
});

test('a wrong type says what was wanted and what came', () => {
  const fields = new Fields({ a: 'x', b: 1.5, c: 1e39, d: [] }, 'it');
  expect(() => fields.integer('a', 0)).toThrow('it.a must be a whole number, got "x"');
  expect(() => fields.integer('b', 0)).toThrow('it.b must be a whole number, got 1.5');
  expect(() => fields.float32('c', 0)).toThrow('it.c must be a 32-bit float, got 1e+39');
  expect(() => fields.string('b', '')).toThrow('it.b must be a string, got 1.5');
  expect(() => fields.boolean('a', false)).toThrow('it.a must be true or false, got "x"');
  expect(() => fields.fields('d', 'd')).toThrow('d must be a JSON object, got []');
});

test('a 32-bit float keeps its value and has the fewest digits that do', () => {
  const read = (value: number) => new Fields({ value }, 'it').float32('value', 0);
  expect([read(0.123456789), read(0.1), read(1), read(16_777_217)]).toEqual([
    0.12345679, 0.1, 1, 16_777_216,
  ]);
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Math.fround(read(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});
