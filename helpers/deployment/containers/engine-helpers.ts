import type { ContainerRuntimeClient } from 'testcontainers';
import { ChaosError } from '../../errors.ts';
import { engineClient } from './engine.ts';

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
