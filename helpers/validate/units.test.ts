import { expect, test } from 'vitest';
import {
  asDirective,
  bytesOf,
  bytesPerSecondOf,
  integerOf,
  linkOf,
  msOf,
  numberIn,
  showBytes,
  showMs,
} from './units.ts';

test.for([
  [() => bytesOf('500mb', '--dataset'), 500 * 1024 ** 2],
  [() => bytesOf('1k', '--dataset'), 1_000],
  [() => bytesOf('1.5GB', '--dataset'), 1.5 * 1024 ** 3],
  [() => bytesPerSecondOf('2mb/s', '--write-rate'), 2 * 1024 ** 2],
  [() => bytesPerSecondOf('300kb', '--write-rate'), 300 * 1024],
  [() => msOf('30s', '--outage'), 30_000],
  [() => msOf('1.5h', '--outage'), 5_400_000],
  [() => msOf('20MS', '--outage'), 20],
  [() => linkOf('100mbit,20ms', '--link'), { bitsPerSecond: 1e8, latencyMs: 20 }],
  [() => linkOf('1s, 1.5gbit/s', '--link'), { bitsPerSecond: 1.5e9, latencyMs: 1_000 }],
  [() => integerOf('2', '--replicas', [0, 5]), 2],
  [() => showBytes(1_048_576), '1 MB'],
  [() => showBytes(0), '0 B'],
  [() => showBytes(62_914_560 * 1.1), '66 MB'],
  [() => showMs(350.4), '350 ms'],
  [() => showMs(31_234), '31.2 s'],
  [() => showMs(600_000), '10 min'],
  [() => numberIn('1mb'), 1_048_576],
  [() => numberIn('1m'), 1_000_000],
  [() => numberIn('64K'), 64_000],
  [() => numberIn('16384'), 16_384],
  [() => numberIn('-1'), -1],
  [() => numberIn('many'), undefined],
  [() => numberIn('mb'), undefined],
  [() => numberIn('1tb'), undefined],
  [() => numberIn(''), undefined],
] as const)('%s', ([compute, expected]) => {
  expect(compute()).toEqual(expected);
});

test.for([
  [() => bytesOf('lots', '--dataset'), '--dataset lots: expected a number of bytes like 500mb'],
  [() => bytesOf('5xb', '--dataset'), '--dataset 5xb: expected'],
  [() => bytesOf('-5', '--dataset'), '--dataset -5: expected'],
  [
    () => bytesPerSecondOf('2mb/h', '--write-rate'),
    '--write-rate 2mb/h: expected bytes per second like 2mb/s',
  ],
  [() => msOf('30', '--outage'), '--outage 30: expected a time like 30s'],
  [
    () => linkOf('20ms', '--link'),
    '--link 20ms: expected a bandwidth and a latency like 100mbit,20ms',
  ],
  [() => linkOf('0mbit,20ms', '--link'), '--link 0mbit,20ms: expected a bandwidth of more than 0'],
  [() => integerOf('x', '--replicas', [0, 5]), '--replicas x: expected an integer from 0 to 5'],
  [() => integerOf('6', '--replicas', [0, 5]), '--replicas 6: expected'],
] as const)('refuses: %s', ([compute, message]) => {
  expect(compute).toThrow(message);
});

test('a size for a redis.conf is never below what was asked for', () => {
  expect(asDirective(1_048_577)).toBe('2mb');
  expect(asDirective(1_048_576)).toBe('1mb');
  expect(asDirective(20_000)).toBe('20kb');
  expect(asDirective(1)).toBe('16kb');
});
