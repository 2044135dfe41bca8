import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFolder, saved } from './disk.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'disk-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('a file', () => {
  test('is written, with its folders, in the place of what was there', async () => {
    const file = join(root, 'a/b/c.json');
    await saved(file, 'one');
    await saved(file, 'two');
    expect(await readFile(file, 'utf8')).toBe('two');
    expect(await readdir(join(root, 'a/b'))).toEqual(['c.json']);
  });

  test('that cannot take its place leaves what is there, and nothing beside it', async () => {
    await makeFolder(join(root, 'taken/c.json/full'));
    await expect(saved(join(root, 'taken/c.json'), 'x')).rejects.toThrow(
      /^environment: cannot write .*taken\/c\.json: E/,
    );
    expect(await readdir(join(root, 'taken'))).toEqual(['c.json']);
  });

  test('below a file is refused with the reason', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(saved(join(file, 'deep/c.json'), 'x')).rejects.toThrow(/ENOTDIR/);
  });
});

// The kernel's own folders take none of ours, whoever asks.
test.runIf(process.platform === 'linux')(
  'a folder that can never be made is given up',
  async () => {
    await expect(makeFolder('/proc/redis-chaos/deep')).rejects.toThrow(
      /ENOENT.*\/proc\/redis-chaos/,
    );
  },
);
