import { expect, test } from 'vitest';
import { can, compareVersions, sinceWhen } from './capabilities.ts';

test.for([
  ['7.0.15', '7.0', 1],
  ['7.0', '7.0.0', 0],
  ['6.0.16', '6.2', -1],
  ['7.10', '7.9.9', 1],
] as const)('%s against %s', ([a, b, sign]) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

test('a capability by product and version', () => {
  expect(can({ product: 'redis', version: '8.0.2' }, 'hpexpireat')).toBe(true);
  expect(can({ product: 'redis', version: '7.0.15' }, 'hpexpireat')).toBe(false);
  expect(can({ product: 'redis', version: '7.4' }, 'hpexpireat')).toBe(true);
  expect(can({ product: 'valkey', version: '8.1.1' }, 'hpexpireat')).toBe(false);
});

test('a capability that one product lacks, one that the reference leaves out, one that it has already', () => {
  expect(can({ product: 'valkey', version: '8.1' }, 'dual-channel')).toBe(true);
  expect(can({ product: 'redis', version: '8.0' }, 'dual-channel')).toBe(false);
  const reference = { product: 'redis', version: '7.0.15', isReference: true } as const;
  expect(can(reference, 'aof')).toBe(false);
  expect(can({ ...reference, isReference: false }, 'aof')).toBe(true);
  expect(can(reference, 'absolute-ttls')).toBe(true);
  expect(can(reference, 'flush-after-rename')).toBe(true);
  expect(can({ ...reference, isReference: false }, 'flush-after-rename')).toBe(false);
});

test('what a capability needs, in words', () => {
  expect(sinceWhen('waitaof')).toBe('Redis 7.2 or Valkey 7.2');
  expect(sinceWhen('dual-channel')).toBe('Valkey 8.0');
  expect(sinceWhen('aof')).toBe('Redis 1.2 or Valkey 7.2, not the reference');
  expect(sinceWhen('flush-after-header')).toBe('Valkey 9.1 or the reference');
});
