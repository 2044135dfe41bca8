import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findProgram, identify } from './binary.ts';

const SAYS = 'echo "Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64 build=0"';

/** A program that does this each time it is run. */
async function program(...lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-binary-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'server');
  await writeFile(path, ['#!/bin/sh', `cd ${folder}`, ...lines, ''].join('\n'), { mode: 0o755 });
  return path;
}

test('a program is found by path or on the search path', () => {
  expect(findProgram(process.execPath)).toBe(process.execPath);
  expect(findProgram('sh', '/nowhere:/bin')).toBe('/bin/sh');
  expect(findProgram('sh', '/nowhere')).toBeUndefined();
});

test('a server says its product and version', async () => {
  const path = await program(SAYS);
  expect(await identify(path)).toEqual({ path, product: 'valkey', version: '8.1.1' });
});

test('a server that ends without a word is asked again', async () => {
  const path = await program(`[ -e asked ] && ${SAYS}`, ': >asked');
  expect(await identify(path)).toMatchObject({ version: '8.1.1' });
});

test.for([
  { lines: [':'], got: 'got ""' },
  { lines: ['echo v24.1.0'], got: 'got "v24.1.0"' },
  { lines: ['exit 3'], got: 'got "Command failed: ' },
])('what is no server is told with what it said: $got', async ({ lines, got }) => {
  await expect(identify(await program(...lines))).rejects.toThrow(got);
});
