import { expect, test } from 'vitest';
import { absolute, bytes, count, counted, duration, seconds } from './units.ts';

test.for([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min 00 s'],
  [245_000, '4 min 05 s'],
  [3_600_000, '1 h 00 min'],
  [-1_500, '-1.5 s'],
] as const)('%d ms are %s', ([ms, words]) => {
  expect(duration(ms)).toBe(words);
});

test.for([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1 KB'],
  [1_536, '1.5 KB'],
  [65_536, '64 KB'],
  [1_048_575, '1 MB'],
  [5 * 2 ** 30, '5 GB'],
] as const)('%d bytes are %s', ([value, words]) => {
  expect(bytes(value)).toBe(words);
});

test('counts, moments and instants', () => {
  expect(count(1_234_567)).toBe('1,234,567');
  expect([counted(1, 'fault'), counted(2, 'fault'), counted(0, 'entry', 'entries')]).toEqual([
    '1 fault',
    '2 faults',
    '0 entries',
  ]);
  expect(seconds(12_345)).toBe('12.345 s');
  expect(absolute(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('2026-01-02 03:04:05.006 UTC');
});
