import { expect, test } from 'vitest';
import { asDirective, bytesOf, inBytes, inTime } from './units.ts';

test.each([
  ['1mb', 1_048_576],
  ['1m', 1_000_000],
  ['64K', 64_000],
  ['16384', 16_384],
  ['2gb', 2_147_483_648],
  ['many', undefined],
  ['1tb', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

test('a size for a redis.conf is never below what was asked for', () => {
  expect(asDirective(1_048_577)).toBe('2mb');
  expect(asDirective(1_048_576)).toBe('1mb');
  expect(asDirective(20_000)).toBe('20kb');
  expect(asDirective(1)).toBe('16kb');
});

test('for people', () => {
  expect([inBytes(999), inBytes(1_500), inBytes(2.5e6), inBytes(3e9)]).toEqual([
    '999 bytes',
    '1.5 KB',
    '2.5 MB',
    '3.0 GB',
  ]);
  expect([inTime(40), inTime(1_500), inTime(600_000)]).toEqual(['40 ms', '1.5 s', '10.0 min']);
});
