import { expect, test } from 'vitest';
import { parseOptions } from '../../options.ts';
import { numberOption, seedOption, shardOption } from './options.ts';

const OPTIONS = { seed: { type: 'string' }, quiet: { type: 'boolean' } } as const;

test('options and words', () => {
  const { values, positionals } = parseOptions(['folder', '--seed', '4', '--quiet'], OPTIONS);
  expect({ ...values }).toEqual({ seed: '4', quiet: true });
  expect(positionals).toEqual(['folder']);
});

test('an option that there is not is named, and one that is like it', () => {
  expect(() => parseOptions(['--sed', '4'], OPTIONS)).toThrow(
    'misuse: there is no option --sed; did you mean --seed?',
  );
  expect(() => parseOptions(['--nods=4'], OPTIONS, ['nodes'])).toThrow('did you mean --nodes?');
});

test('an option without its value', () => {
  expect(() => parseOptions(['--seed'], OPTIONS)).toThrow(/^misuse: .*--seed/);
});

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
