import { expect, test } from 'vitest';
import { can, compareVersions, sinceWhen, UNKNOWN_VERSION } from './capabilities.ts';

test.for([
  ['7.0.15', '7.0', 1],
  ['7.0', '7.0.0', 0],
  ['6.0.16', '6.2', -1],
  ['7.10', '7.9.9', 1],
  [UNKNOWN_VERSION, '99.0', 1],
  ['99.0', UNKNOWN_VERSION, -1],
  [UNKNOWN_VERSION, UNKNOWN_VERSION, 0],
] as const)('%s against %s', ([a, b, sign]) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

test('a capability by product and version', () => {
  expect(can({ product: 'redis', version: '8.0.2' }, 'hpexpireat')).toBe(true);
  expect(can({ product: 'redis', version: '7.0.15' }, 'hpexpireat')).toBe(false);
  expect(can({ product: 'redis', version: '7.4' }, 'hpexpireat')).toBe(true);
  expect(can({ product: 'valkey', version: '8.1.1' }, 'hpexpireat')).toBe(false);
});

test.for([UNKNOWN_VERSION, '99.1'])(
  'a server of version %s is taken for the newest of its product',
  (version) => {
    expect(can({ product: 'redis', version }, 'rdb-channel')).toBe(true);
    expect(can({ product: 'valkey', version }, 'hpexpireat')).toBe(true);
    expect(can({ product: 'valkey', version }, 'rdb-channel')).toBe(false);
  },
);

test('a capability that one product lacks, and what the reference leaves out, has already, or has alone', () => {
  expect(can({ product: 'valkey', version: '8.1' }, 'dual-channel')).toBe(true);
  expect(can({ product: 'redis', version: '8.0' }, 'dual-channel')).toBe(false);
  const reference = { product: 'redis', version: '7.0.15', isReference: true } as const;
  expect(can(reference, 'aof')).toBe(false);
  expect(can({ ...reference, isReference: false }, 'aof')).toBe(true);
  expect(can(reference, 'absolute-ttls')).toBe(true);
  expect(can(reference, 'wrong-clock')).toBe(true);
  expect(can({ ...reference, isReference: false }, 'wrong-clock')).toBe(false);
  expect(can(reference, 'flush-after-rename')).toBe(true);
  expect(can({ ...reference, isReference: false }, 'flush-after-rename')).toBe(false);
});

test('what a capability needs, in words', () => {
  expect(sinceWhen('waitaof')).toBe('Redis 7.2 or Valkey 7.2');
  expect(sinceWhen('dual-channel')).toBe('Valkey 8.0');
  expect(sinceWhen('aof')).toBe('Redis 1.2 or Valkey 7.2, not the reference');
  expect(sinceWhen('flush-after-header')).toBe('Valkey 9.1 or the reference');
});
