import { buffer } from 'node:stream/consumers';
import { engineClient } from './engine.ts';

const TAR_BLOCK_BYTES = 512;
const TAR_SIZE_FIELD = { offset: 124, length: 12 };

/** Whether the engine answered that the thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 404;
}

/** Kills and removes a container with its volumes. One that is gone, or going, is no error. */
export async function removeContainer(id: string): Promise<void> {
  const { dockerode } = (await engineClient()).container;
  await dockerode
    .getContainer(id)
    .remove({ force: true, v: true })
    .catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
    });
}

/** The content of the first file of a tar archive (POSIX.1-1988: a header block, then the file). */
export async function singleFileOf(archive: NodeJS.ReadableStream): Promise<Buffer> {
  const tar = await buffer(archive);
  const { offset, length } = TAR_SIZE_FIELD;
  const sizeBytes = Number.parseInt(tar.toString('latin1', offset, offset + length), 8);
  return tar.subarray(TAR_BLOCK_BYTES, TAR_BLOCK_BYTES + sizeBytes);
}
