import { engineClient } from './engine.ts';

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
