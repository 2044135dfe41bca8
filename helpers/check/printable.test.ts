import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test.each([
  ['plain', '"plain"'],
  ['', '""'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\0\r\n\x7f\xff', '"\\x00\\x0d\\x0a\\x7f\\xff"'],
  ['a'.repeat(64), `"${'a'.repeat(64)}"`],
  ['a'.repeat(64) + 'z'.repeat(36), `"${'a'.repeat(32)}...${'z'.repeat(16)}" (100 bytes)`],
])('%j is shown as %s', (text, shown) => {
  expect(printable(Buffer.from(text, 'latin1'))).toBe(shown);
});
