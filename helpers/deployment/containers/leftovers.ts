import { setTimeout as pause } from 'node:timers/promises';
import { SESSION_LABEL } from '../session/folder.ts';
import { engineClient } from './engine.ts';

/** Name of a session's network. Testcontainers gives networks no labels of ours. */
export function networkName(session: string): string {
  return `redis-chaos-${session}`;
}

const SETTLE_MS = 300;
const ROUNDS_MAX = 50;

/**
 * Removes the containers and networks of a session whose owner is gone. A request of the owner's can
 * still be under way in the engine, so it looks until it has found nothing twice in a row.
 */
export async function removeBySession(
  session: string,
): Promise<{ containers: number; networks: number }> {
  const { dockerode } = (await engineClient()).container;
  const filters = JSON.stringify({ label: [`${SESSION_LABEL}=${session}`] });
  const networkFilters = JSON.stringify({ name: [networkName(session)] });
  const seen = { containers: new Set<string>(), networks: new Set<string>() };
  let emptyRounds = 0;
  for (let round = 0; round < ROUNDS_MAX && emptyRounds < 2; round += 1) {
    if (round > 0) await pause(SETTLE_MS);
    const containers = await dockerode.listContainers({ all: true, filters });
    const networks = await dockerode.listNetworks({ filters: networkFilters });
    emptyRounds = containers.length + networks.length === 0 ? emptyRounds + 1 : 0;
    await Promise.all(
      containers.map(async ({ Id }) => {
        seen.containers.add(Id);
        await dockerode.getContainer(Id).remove({ force: true, v: true }).catch(ignoreGone);
      }),
    );
    for (const { Id } of networks) {
      seen.networks.add(Id);
      await dockerode.getNetwork(Id).remove().catch(ignoreGone);
    }
  }
  return { containers: seen.containers.size, networks: seen.networks.size };
}

/** Gone already, being removed by another, or a network still in use: the next round sees. */
function ignoreGone(error: { statusCode?: number }): void {
  if (![403, 404, 409, 500].includes(error.statusCode ?? 0)) throw error;
}
