import { expect, test } from 'vitest';
import { ServerLog } from './server-log.ts';

const texts = (log: ServerLog): (string | number)[][] =>
  log.lines.map(({ boot, text }) => [boot, text]);

test('lines come whole, however the output is cut, also within a character', () => {
  const log = new ServerLog();
  log.begin();
  for (const byte of Buffer.from('first line\r\nsecönd line\n\nthird')) {
    log.write(Buffer.from([byte]));
  }
  expect(texts(log)).toEqual([
    [1, 'first line'],
    [1, 'secönd line'],
  ]);
});

test('a new start completes the last line of the one before', () => {
  const log = new ServerLog();
  log.begin();
  log.write(Buffer.from('killed in the mid'));
  log.begin();
  log.write(Buffer.from('ready\n'));
  expect(texts(log)).toEqual([
    [1, 'killed in the mid'],
    [2, 'ready'],
  ]);
  expect(log.tail(1)).toBe('ready');
});

test('what a server logs while a signal handler of its child writes piece by piece is a line of its own', () => {
  const log = new ServerLog();
  const line =
    '24:M 22 Nov 2026 20:33:51.020 * Replica 192.168.160.2:7001 asks for synchronization';
  for (const piece of [
    '38:signal-handler (',
    '38:signal-handler (1795379631',
    '38:signal-handler (1795379631) ',
  ]) {
    log.add(`${piece}${line}`);
  }
  log.add(' Received SIGUSR1 in child, exiting now.');
  log.add('38:signal-handler (1795379631) Received SIGUSR1 in child, exiting now.');
  const asks = 'Replica 192.168.160.2:7001 asks for synchronization';
  expect(log.lines.filter(({ text }) => text === asks)).toHaveLength(3);
  expect(log.lines).toHaveLength(8);
});
