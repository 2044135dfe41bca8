import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '../../..');
/** Below what `npm ci` clears. */
const CACHE = join(ROOT, 'node_modules/.cache/reference-bundle');
const ENTRY = 'fixtures/reference/main.ts';

/** Within the folder of a bundle: as deep as the source, whose paths may be relative to it. */
export const BUNDLED_MAIN = 'fixtures/reference/main.mjs';

/**
 * The reference in two files instead of 400. Suites start it some hundred times, and a start of the bundle
 * takes a fifth of the CPU. Returns its folder, which is named by its content and made if it is not there.
 */
export async function bundleReference(): Promise<string> {
  await using build = await rolldown({ input: join(ROOT, ENTRY), platform: 'node' });
  const { output } = await build.generate({
    entryFileNames: BUNDLED_MAIN,
    chunkFileNames: 'fixtures/reference/[name].mjs',
  });
  const chunks = output.filter((one) => one.type === 'chunk');
  const folder = join(CACHE, nameOf(chunks));
  if (!(await exists(folder))) await writeAtOnce(folder, chunks);
  return folder;
}

function nameOf(chunks: readonly OutputChunk[]): string {
  const hash = createHash('sha256');
  for (const { fileName, code } of chunks) hash.update(`${fileName}\n${code}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** Whole or not at all: other runs may start servers from the folder as soon as it is there. */
async function writeAtOnce(folder: string, chunks: readonly OutputChunk[]): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, 'draft-'));
  for (const { fileName, code } of chunks) {
    const file = join(draft, fileName);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, code);
  }
  try {
    await rename(draft, folder);
  } catch (thrown) {
    await rm(draft, { recursive: true });
    // Another run was faster, with the same content.
    if (!(await exists(folder))) throw thrown;
  }
}

function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
