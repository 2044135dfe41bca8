import { expect, test } from 'vitest';
import { visible } from './visible.ts';

test.for([
  ['a\u0000b\u001b[31m', 'a\\x00b\\x1b[31m'],
  ['\r\n\ttab', '\\x0d\n\ttab'],
  ['user\u202egnp.exe', 'user\\u202egnp.exe'],
  ['\ud800 alone, \udfff too', '\\ud800 alone, \\udfff too'],
  ['pairs stay: 😀 ünïcode →', 'pairs stay: 😀 ünïcode →'],
  ['\u2028\ufeff\uffff', '\\u2028\\ufeff\\uffff'],
] as const)('%j is shown as %j', ([bytes, shown]) => {
  expect(visible(bytes)).toBe(shown);
});
