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
