import { expect, test } from 'vitest';
import type { Node } from '../deployment/node.ts';
import type { Target } from '../deployment/target.ts';
import { replicaLimitOf, settingsInFile, settingsOf, settingsTold } from './settings.ts';

const target = (product: Target['product']) => ({ product }) as Target;
const subject = (directives: Record<string, string[]>, product: Target['product'] = 'redis') => ({
  target: target(product),
  directives: new Map(Object.entries(directives)),
  start: () => Promise.reject(new Error('not started here')),
});

test('the limit of replicas, as a file and as CONFIG GET say it', () => {
  const limit = { hardBytes: 268_435_456, softBytes: 67_108_864, softSeconds: 60 };
  expect(replicaLimitOf('normal 0 0 0 slave 268435456 67108864 60 pubsub 1 1 1')).toEqual(limit);
  expect(replicaLimitOf('replica 1mb 0 0 replica 256mb 64mb 60')).toEqual(limit);
  expect(replicaLimitOf('normal 0 0 0')).toBeUndefined();
});

test('a file that says nothing leaves the product’s defaults, one that says the old name counts', () => {
  expect(settingsInFile(subject({})).number('repl-backlog-size')).toBe(1_048_576);
  expect(settingsInFile(subject({}, 'valkey')).number('repl-backlog-size')).toBe(10_485_760);
  const old = settingsInFile(subject({ 'slave-read-only': ['no'], 'min-slaves-to-write': ['2'] }));
  expect(old.isOn('replica-read-only')).toBe(false);
  expect(old.number('min-replicas-to-write')).toBe(2);
});

test('of a directive given twice the last counts, but all lines of save', () => {
  const twice = settingsInFile(subject({ 'repl-timeout': ['5', '7'], save: ['900 1', '60 100'] }));
  expect(twice.number('repl-timeout')).toBe(7);
  expect(twice.text('save')).toBe('900 1 60 100');
});

test('a file quotes its values, a server tells them as they are', () => {
  expect(settingsInFile(subject({ requirepass: ['"a b"'] })).text('requirepass')).toBe('a b');
  const told = settingsTold(new Map([['requirepass', '"a b"']]), 'redis');
  expect(told.text('requirepass')).toBe('"a b"');
  expect(told.text('masterauth'), 'neither told nor with a default').toBe('');
});

/** A server that answers CONFIG GET. */
const telling = (...pairs: string[]) =>
  ({ observe: () => Promise.resolve(pairs) }) as unknown as Node;

test('what was laid over for the test is not taken for what is configured, by neither of its names', async () => {
  const node = telling('min-replicas-max-lag', '2', 'min-slaves-max-lag', '2', 'repl-timeout', '3');
  const laidOver = { 'min-replicas-max-lag': 2, 'repl-timeout': 3 };
  const settings = await settingsOf(node, subject({ 'repl-timeout': ['90'] }), laidOver);
  expect(settings.number('min-replicas-max-lag'), 'the default').toBe(10);
  expect(settings.number('repl-timeout')).toBe(90);
  const old = await settingsOf(node, subject({ 'min-slaves-max-lag': ['7'] }), laidOver);
  expect(old.number('min-replicas-max-lag')).toBe(7);
});

test('without CONFIG the file counts, any other error is one', async () => {
  const failing = (message: string) =>
    ({ observe: () => Promise.reject(new Error(message)) }) as unknown as Node;
  const own = subject({ 'repl-timeout': ['90'] });
  const renamed = await settingsOf(failing("ERR unknown command 'CONFIG'"), own);
  expect(renamed.number('repl-timeout')).toBe(90);
  await expect(settingsOf(failing('Connection is closed.'), own)).rejects.toThrow('closed');
});
