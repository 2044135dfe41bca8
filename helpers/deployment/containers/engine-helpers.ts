import { buffer } from 'node:stream/consumers';
import type { ContainerRuntimeClient } from 'testcontainers';
import { ChaosError } from '../../errors.ts';
import { engineClient } from './engine.ts';

const TAR_BLOCK_BYTES = 512;
const TAR_SIZE_FIELD = { offset: 124, length: 12 };

/** Runs a command in a container. Throws with its output if it fails. */
export async function execIn(
  container: Parameters<ContainerRuntimeClient['container']['exec']>[0],
  command: string[],
): Promise<void> {
  const { exitCode, output } = await (await engineClient()).container.exec(container, command);
  if (exitCode !== 0) {
    throw new ChaosError('environment', `${command.join(' ')} in a container failed: ${output}`);
  }
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
