import { expect, test } from 'vitest';
import { numberOption, seedOption, shardOption, takeOptions } from './options.ts';

const KINDS = { seed: 'value', quiet: 'flag' } as const;

test('takes its own options in both forms, and leaves the others with what is behind them', () => {
  expect(
    takeOptions(
      ['folder', '--seed', '4', '--nodes', '3', '--quiet', 'other', '--faults=cut'],
      KINDS,
    ),
  ).toEqual({
    values: { seed: '4', quiet: true },
    words: ['folder', 'other'],
    rest: ['--nodes', '3', '--faults=cut'],
  });
  expect(takeOptions(['--seed=5'], KINDS).values).toEqual({ seed: '5' });
});

test.for([['--seed'], ['--seed', '--quiet'], ['--seed=']])(
  'a value that is missing: %j',
  (args) => {
    expect(() => takeOptions(args, KINDS)).toThrow('--seed needs a value');
  },
);

test('numbers', () => {
  expect(numberOption('minutes', '0.5', 0)).toBe(0.5);
  for (const wrong of ['', 'x', '-1', 'Infinity']) {
    expect(() => numberOption('minutes', wrong, 0)).toThrow('at least 0');
  }
  expect(seedOption('42')).toBe(42);
  for (const wrong of ['-1', '1.5', 'x', '99999999999999999999']) {
    expect(() => seedOption(wrong)).toThrow('whole number');
  }
});

test('shards', () => {
  expect(shardOption('2/3')).toEqual({ number: 2, of: 3 });
  for (const wrong of ['0/3', '4/3', '2', '2/x']) {
    expect(() => shardOption(wrong)).toThrow(`--shard is ${wrong}`);
  }
});
