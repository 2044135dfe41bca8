import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChaosError, messageOf } from '../errors.ts';

/**
 * Writes a file whole or not at all, and makes the folders it is in; what was there before stays until then. Throws
 * `environment` with file and cause if the disk does not take it.
 */
export async function saved(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await makeFolder(dirname(file));
    await writeFile(part, text);
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => {
      // Where nothing can be written, nothing was.
    });
    throw new ChaosError('environment', `cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Makes a folder and those it is in. Node 24's own `recursive` says "no such file" of a file system that is read-only, and
 * goes round for ever in one that takes no folders, such as /proc.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    const parent = dirname(folder);
    if (code !== 'ENOENT' || parent === folder) throw thrown;
    await makeFolder(parent);
    await mkdirUnlessThere(folder);
  }
}

async function mkdirUnlessThere(folder: string): Promise<void> {
  await mkdir(folder).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown;
  });
}
