import { SERVER_IMAGES } from '../../fixtures/images/catalogue.ts';
import type { Target } from '../deployment/target.ts';
import { discover } from '../deployment/targets/discover.ts';
import { IMAGE_PREFIX } from '../deployment/targets/own.ts';
import type { Selection } from '../deployment/targets/projects.ts';
import { hasReference, REFERENCE } from '../deployment/targets/reference.ts';
import { ChaosError } from '../errors.ts';

const PROCESSES = '@processes';
const MIX = '+';

/** On which server a configuration is validated: at most one of the two; neither: what this machine has. */
export interface Wish {
  /** An image, by the name that the engine or a registry knows it by. */
  readonly image?: string | undefined;
  /** A server program, by path or name. */
  readonly server?: string | undefined;
}

/**
 * The target that is asked for. Without a wish: the server installed here, as processes; else the newest image that is at
 * hand; else the reference. Throws if what is asked for cannot be had.
 */
export async function chooseTarget({ image, server }: Wish): Promise<Target> {
  if (image !== undefined && server !== undefined) {
    throw new ChaosError(
      'misuse',
      `--image ${image} and --server ${server}: expected one of them, as one server is validated on`,
    );
  }
  if (image !== undefined) return inContainers(image);
  if (server !== undefined) return asProcesses(server);
  const { runnable } = await discover({ isSelected: ownProcesses });
  if (runnable[0] !== undefined) return runnable[0];
  const containers = await discover({
    isSelected: ({ name, byDefault }) =>
      byDefault && !name.includes(MIX) && !name.includes(PROCESSES),
  });
  if (containers.runnable[0] !== undefined) return containers.runnable[0];
  const name = `${REFERENCE.flavour}${PROCESSES}`;
  const reference = await discover({ isSelected: (project) => project.name === name });
  return only(reference.runnable, 'the reference implementation');
}

/** Images of the catalogue by the names of either kind, so that what `images` has made is found. */
async function inContainers(image: string): Promise<Target> {
  const catalogued = SERVER_IMAGES.find((one) =>
    [one.flavour, one.official, one.local].includes(image),
  );
  const name = catalogued?.flavour ?? image;
  const env = { ...process.env, REDIS_SERVER: catalogued ? '' : `${IMAGE_PREFIX}${image}` };
  const { runnable, absent } = await withWish(`--image ${image}`, () =>
    discover({ env, isSelected: (project) => project.name === name }),
  );
  return only(runnable, `--image ${image}`, absent[0]?.reason);
}

async function asProcesses(server: string): Promise<Target> {
  const env = { ...process.env, REDIS_SERVER: server };
  if (server === REFERENCE.flavour) {
    const name = `${REFERENCE.flavour}${PROCESSES}`;
    const { runnable } = await discover({ isSelected: (project) => project.name === name });
    return only(runnable, '--server reference');
  }
  const { runnable } = await withWish(`--server ${server}`, () =>
    discover({ env, isSelected: ownProcesses }),
  );
  return only(runnable, `--server ${server}`);
}

const ownProcesses: Selection = ({ name }) =>
  name.endsWith(PROCESSES) &&
  !name.includes(MIX) &&
  !hasReference([{ flavour: name.slice(0, -PROCESSES.length) }]);

/** What is told of a variable that nobody has set is told of the option. */
async function withWish<T>(wish: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof ChaosError)) throw thrown;
    const message = thrown.message
      .replace(/^\w+: REDIS_SERVER=\S+/, wish)
      .replace(': environment: ', ': ');
    throw new ChaosError('misuse', message);
  }
}

function only(runnable: readonly Target[], wish: string, reason = 'it cannot run here'): Target {
  const [target] = runnable;
  if (target === undefined) throw new ChaosError('environment', `${wish}: ${reason}`);
  return target;
}
