import { expect, test } from 'vitest';
import { losesMs } from './persistence.ts';

const always = { appendonly: 'yes', appendfsync: 'always' };

test.each<[what: string, config: Record<string, string>, killed: number, stopped: number]>([
  ['no persistence', {}, Infinity, Infinity],
  ['no save points', { save: '' }, Infinity, Infinity],
  ['save points', { save: '3600 1' }, Infinity, 0],
  ['a log synced always', always, 0, 0],
  ['a log synced always, beside save points', { ...always, save: '3600 1' }, 0, 0],
  ['a log synced every second', { appendonly: 'yes' }, 4_000, 0],
  ['a log synced at leisure', { appendonly: 'yes', appendfsync: 'no' }, Infinity, 0],
])('%s', (_what, config, killed, stopped) => {
  const node = { name: 'master', config };

  expect([losesMs(node, 'killed'), losesMs(node, 'stopped')]).toEqual([killed, stopped]);
});
