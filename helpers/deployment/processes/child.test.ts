import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { Child } from './child.ts';

const start = () => Child.start('sleep', ['60'], { cwd: tmpdir(), output: () => {} });

test('a frozen process is stopped when that is told, and ends by SIGKILL', async () => {
  const child = await start();
  await child.freeze();
  expect(await readFile(`/proc/${child.pid}/stat`, 'utf8')).toContain(') T ');

  await child.end('SIGKILL', 10_000);
  expect(child.exit).toEqual({ code: null, signal: 'SIGKILL' });
});

test('one that has ended need not be frozen', async () => {
  const child = await start();
  await child.end('SIGTERM', 10_000);
  await child.freeze();
  expect(child.exit).toEqual({ code: null, signal: 'SIGTERM' });
});
