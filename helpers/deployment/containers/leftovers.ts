import { setTimeout as pause } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import { inTime } from '../../in-time.ts';
import { OWNER_LABEL, ownerLabelValue, SESSION_LABEL } from '../session/folder.ts';
import { engineClient } from './engine.ts';

const SETTLE_MS = 300;
/** An engine under load may take half a minute to remove what a worker had. */
const GIVE_UP_AFTER_MS = 90_000;
const ANSWERS_WITHIN_MS = 10_000;
const LET_GO_WITHIN_MS = 10_000;
const NETWORK_PREFIX = 'redis-chaos-';

/** Name of a session's network. Testcontainers gives networks no labels of ours. */
export function networkName(session: string): string {
  return `${NETWORK_PREFIX}${session}`;
}

/** What the engine had of a session, and has no more. */
interface RemovedFromEngine {
  readonly containers: number;
  readonly networks: number;
}

/**
 * Removes the containers and networks of a session. With `settle`, or where anything was found, it looks
 * until it has found nothing twice in a row. Throws if something keeps coming back, or the engine does not answer.
 */
export function removeBySession(
  session: string,
  options: { readonly settle: boolean },
): Promise<RemovedFromEngine> {
  return inTime(removeAll(session, options), GIVE_UP_AFTER_MS + ANSWERS_WITHIN_MS);
}

async function removeAll(
  session: string,
  { settle }: { readonly settle: boolean },
): Promise<RemovedFromEngine> {
  const { dockerode } = (await engineClient()).container;
  const seen = { containers: new Set<string>(), networks: new Set<string>() };
  let emptyRounds = 0;
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  let inUseSince = performance.now();
  for (let round = 0; performance.now() < giveUpAt; round += 1) {
    const { containers, networks } = await list(session);
    emptyRounds = containers.length + networks.length === 0 ? emptyRounds + 1 : 0;
    if (containers.length > 0) inUseSince = performance.now();
    // Engines can forget to let go of a network whose containers are all gone: it costs nothing, and goes with the engine.
    const isLeaked = performance.now() - inUseSince > LET_GO_WITHIN_MS;
    if (isLeaked || emptyRounds === 2 || (emptyRounds === 1 && round === 0 && !settle)) {
      const networksGone = seen.networks.size - networks.length;
      return { containers: seen.containers.size, networks: networksGone };
    }
    await Promise.all(
      containers.map(async (id) => {
        seen.containers.add(id);
        await dockerode.getContainer(id).remove({ force: true, v: true }).catch(ignoreBusy);
      }),
    );
    for (const id of networks) {
      seen.networks.add(id);
      await dockerode.getNetwork(id).remove().catch(ignoreBusy);
    }
    await pause(SETTLE_MS);
  }
  throw new ChaosError(
    'environment',
    `containers of session ${session} cannot be removed: see \`docker ps -a --filter label=${SESSION_LABEL}=${session}\``,
  );
}

/** The sessions of this user on this machine that have containers or networks in the engine. */
export async function sessionsInEngine(): Promise<string[]> {
  const { dockerode } = (await engineClient()).container;
  const filters = JSON.stringify({ label: [`${OWNER_LABEL}=${ownerLabelValue()}`] });
  const containers = await dockerode.listContainers({ all: true, filters });
  return [...new Set(containers.map(({ Labels }) => Labels[SESSION_LABEL] ?? ''))];
}

/** Networks once the containers are gone: an engine may deadlock over a list of networks while containers leave one. */
async function list(session: string): Promise<{ containers: string[]; networks: string[] }> {
  const { dockerode } = (await engineClient()).container;
  const containers = await dockerode.listContainers({
    all: true,
    filters: JSON.stringify({ label: [`${SESSION_LABEL}=${session}`] }),
  });
  if (containers.length > 0) return { containers: containers.map(({ Id }) => Id), networks: [] };
  const networks = await dockerode.listNetworks({
    filters: JSON.stringify({ name: [networkName(session)] }),
  });
  return { containers: [], networks: networks.map(({ Id }) => Id) };
}

/** Gone already, being removed by another, or a network still in use: the next round sees. */
function ignoreBusy(error: { statusCode?: number }): void {
  if (![403, 404, 409, 500].includes(error.statusCode ?? 0)) throw error;
}
