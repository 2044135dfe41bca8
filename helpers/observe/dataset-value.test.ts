import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../check/value.ts';
import { hashValue, listValue, readValue, setValue, sortedSetValue } from './dataset-value.ts';
import { replyError, scriptedCall } from './scripted-call.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const shown = (value: Value | undefined) =>
  value?.parts.map(({ name, content }) => [...name, ...content].map(String).join('='));

test('members and fields are ordered by their bytes, list elements stay in place', () => {
  const reply = ['b', 'a', '\xff', 'B'].map(bytes);
  expect(setValue([...reply])?.parts.map(({ name }) => name[0]?.toString('latin1'))).toEqual([
    'B',
    'a',
    'b',
    '\xff',
  ]);
  expect(shown(listValue(['b', 'a'].map(bytes)))).toEqual(['0=b', '1=a']);
  const fields = [
    ['b', '1'],
    ['a', '2'],
  ].map((pair) => pair.map(bytes));
  expect(shown(hashValue(fields, undefined))).toEqual(['a=2', 'b=1']);
});

test('the order of a reply makes no difference to a set', () => {
  const members = fc.uniqueArray(fc.string(), { minLength: 1 });
  fc.assert(
    fc.property(members, (names) => {
      const reply = names.map((name) => Buffer.from(name));
      expect(setValue([...reply].reverse())).toEqual(setValue(reply));
    }),
  );
});

test.each([
  ['0.10000000000000001', '0.1'],
  ['1.0000000000000002', '1.0000000000000002'],
  ['3', '3'],
  ['3.0', '3'],
  ['-0', '0'],
  ['1e+20', '100000000000000000000'],
  ['inf', 'inf'],
  ['-inf', '-inf'],
  ['4.9406564584124654e-324', '5e-324'],
])('score %s is the double %s', (reply, score) => {
  expect(shown(sortedSetValue([bytes('m'), bytes(reply)]))).toEqual([`m=${score}`]);
});

test('distinct doubles stay distinct scores', () => {
  const double = fc.double({ noNaN: true }).map((score) => score + 0);
  fc.assert(
    fc.property(double, double, (one, other) => {
      const value = (score: number) => shown(sortedSetValue([bytes('m'), bytes(String(score))]));
      expect(JSON.stringify(value(one)) === JSON.stringify(value(other))).toBe(one === other);
    }),
  );
});

test('expiries of fields follow their fields; never is no part', () => {
  const fields = [
    ['b', '1'],
    ['a', '2'],
  ].map((pair) => pair.map(bytes));
  expect(hashValue(fields, [1_700, -1])?.finer?.['field expiry']).toEqual([
    { kind: 'field-expiry', name: [bytes('b')], content: [bytes('1700')] },
  ]);
});

test('a key that is gone has no value, whatever its type was', async () => {
  const { call } = scriptedCall({
    GET: () => null,
    LRANGE: () => [],
    SMEMBERS: () => [],
    HGETALL: () => [],
    ZRANGE: () => [],
    DUMP: () => null,
    XINFO: () => Promise.reject(replyError('ERR no such key')),
  });
  const abilities = { exactExpiry: true, fieldExpiry: true, entriesRead: true };
  for (const type of ['string', 'list', 'set', 'hash', 'zset', 'stream', 'bloom']) {
    expect(await readValue(call, bytes('k'), type, abilities), type).toBeUndefined();
  }
});

test('an unknown type is its DUMP payload without the footer of version and checksum', async () => {
  const { call } = scriptedCall({ DUMP: () => bytes('payloadVVCCCCCCCC') });
  const abilities = { exactExpiry: true, fieldExpiry: true, entriesRead: true };
  expect(shown(await readValue(call, bytes('k'), 'bloom', abilities))).toEqual(['payload']);
});

test('a reply of another shape is named with its command', () => {
  expect(() => setValue('OK')).toThrow('reply to SMEMBERS: expected an array, got "OK"');
});
