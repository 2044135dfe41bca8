import {
  REFERENCE_BASE_IMAGE,
  SERVER_IMAGES,
  type ServerImage,
  TOXIPROXY_IMAGE,
} from '../../../fixtures/images/catalogue.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import { engineClient } from '../containers/engine.ts';
import type { ProcessesTarget, Target } from '../target.ts';
import { findProgram, identify, type ServerBinary } from './binary.ts';
import { ImageFinder } from './images.ts';

/** A target that this machine cannot run. */
export interface Absent {
  readonly name: string;
  readonly driver: Target['driver'];
  /** What was looked for, and what to do. */
  readonly reason: string;
}

export interface Discovery {
  readonly runnable: readonly Target[];
  readonly absent: readonly Absent[];
  /** Names of all targets there are, selected or not. */
  readonly known: readonly string[];
  /** The image of a real Toxiproxy, if the engine has one. */
  readonly toxiproxyImage?: string;
}

/** The Vitest project of the conformance suite, which needs an image, too. */
export const TOXIPROXY_PROJECT = 'toxiproxy';
/** The image of Testcontainers 12's reaper. */
const RYUK_IMAGE = 'testcontainers/ryuk:0.14.0';
const IMAGE_PREFIX = 'image:';

/**
 * What this machine can run. `REDIS_SERVER` adds a server of the user's own: a path or program name for the
 * processes driver, `image:NAME` for the containers driver. `TOXIPROXY` chooses what stands in the links:
 * `embedded`, `real`, or a program (processes only); containers have a real one by default, processes the
 * embedded. Throws if one that was named cannot be used.
 */
export async function discover(
  options: {
    readonly env?: NodeJS.ProcessEnv;
    /** Targets that are not selected are left out, their images not looked for. Default: all. */
    readonly isSelected?: (name: string) => boolean;
  } = {},
): Promise<Discovery> {
  const { env = process.env, isSelected = () => true } = options;
  const own = env['REDIS_SERVER'] ?? '';
  const ownImage = own.startsWith(IMAGE_PREFIX) ? own.slice(IMAGE_PREFIX.length) : undefined;
  const ownBinary = own !== '' && ownImage === undefined ? own : undefined;
  const [containers, processes] = await Promise.all([
    discoverContainers(ownImage, env['TOXIPROXY'], isSelected),
    discoverProcesses(ownBinary, toxiproxyOf(env['TOXIPROXY'])),
  ]);
  const selected = processes.runnable.filter(({ name }) => isSelected(name));
  return {
    ...containers,
    runnable: [...containers.runnable, ...selected],
    absent: [...containers.absent, ...processes.absent],
    known: [...containers.known, ...processes.known],
  };
}

async function discoverContainers(
  ownImage: string | undefined,
  toxiproxyWord: string | undefined,
  isSelected: (name: string) => boolean,
): Promise<Discovery> {
  const own = ownImage === undefined ? [] : [ownServerImage(ownImage)];
  const all = [...SERVER_IMAGES.filter(({ flavour }) => flavour !== ownImage), ...own];
  const known = all.map(({ flavour }) => flavour);
  const wanted = all.filter(({ flavour }) => isSelected(flavour));
  const none = (reason: string): Discovery => {
    if (ownImage !== undefined) throw unusable(`${IMAGE_PREFIX}${ownImage}`, reason);
    return {
      runnable: [],
      absent: wanted.map(({ flavour }) => ({ name: flavour, driver: 'containers', reason })),
      known,
    };
  };
  if (wanted.length === 0 && !isSelected(TOXIPROXY_PROJECT)) {
    return { runnable: [], absent: [], known };
  }
  try {
    await engineClient();
  } catch (thrown) {
    return none(
      `no container engine answers (${messageOf(thrown)}); start one, or set DOCKER_HOST`,
    );
  }
  const finder = new ImageFinder();
  const embedded = toxiproxyWord === 'embedded';
  const toxiproxy = await finder.find(embedded ? REFERENCE_BASE_IMAGE : TOXIPROXY_IMAGE);
  if ('missing' in toxiproxy) return none(toxiproxy.missing);
  const links = embedded ? { embeddedOn: toxiproxy.image } : { image: toxiproxy.image };
  const ryuk = 'image' in (await finder.find({ official: RYUK_IMAGE }));
  const runnable: Target[] = [];
  const absent: Absent[] = [];
  for (const server of wanted) {
    const { flavour: name, product, version, serverCommand } = server;
    const resolved = await finder.find(server);
    if ('image' in resolved) {
      runnable.push({
        name,
        driver: 'containers',
        product,
        version,
        image: resolved.image,
        serverCommand,
        toxiproxy: links,
        ryuk,
      });
    } else if (server.official === ownImage) {
      throw unusable(`${IMAGE_PREFIX}${ownImage}`, resolved.missing);
    } else {
      absent.push({ name, driver: 'containers', reason: resolved.missing });
    }
  }
  return { runnable, absent, known, ...(embedded ? {} : { toxiproxyImage: toxiproxy.image }) };
}

async function discoverProcesses(
  ownBinary: string | undefined,
  toxiproxy: ProcessesTarget['toxiproxy'],
): Promise<Discovery> {
  const none = (name: string, reason: string): Discovery => {
    if (ownBinary !== undefined) throw unusable(ownBinary, reason);
    return { runnable: [], absent: [{ name, driver: 'processes', reason }], known: [name] };
  };
  const names = ownBinary === undefined ? ['redis-server', 'valkey-server'] : [ownBinary];
  const paths = names.map((name) => findProgram(name)).filter((path) => path !== undefined);
  if (paths.length === 0) {
    return none(
      'local@processes',
      ownBinary === undefined
        ? 'neither redis-server nor valkey-server is on the PATH; install one, or name one with REDIS_SERVER'
        : 'there is no such program',
    );
  }
  let servers: ServerBinary[];
  try {
    servers = distinct(await Promise.all(paths.map(identify)));
  } catch (thrown) {
    return none('local@processes', messageOf(thrown));
  }
  return {
    runnable: servers.map((server) => ({
      name: processesName(server),
      driver: 'processes',
      product: server.product,
      version: server.version,
      serverPath: server.path,
      toxiproxy,
    })),
    absent: [],
    known: servers.map(processesName),
  };
}

/** For processes: the embedded Toxiproxy by default, else a program. Throws if there is none. */
function toxiproxyOf(word = 'embedded'): ProcessesTarget['toxiproxy'] {
  if (word === 'embedded' || word === '') return 'embedded';
  const name = word === 'real' ? 'toxiproxy-server' : word;
  const path = findProgram(name);
  if (path === undefined) {
    throw new ChaosError(
      'environment',
      `TOXIPROXY=${word}: there is no program ${name}; accepted are embedded, real (toxiproxy-server on the PATH) and the path of one`,
    );
  }
  return { path };
}

/** One of each name: `redis-server` can be another name of `valkey-server`. */
function distinct(servers: readonly ServerBinary[]): ServerBinary[] {
  return [...new Map(servers.map((server) => [processesName(server), server])).values()];
}

function processesName({ product, version }: ServerBinary): string {
  return `${product}:${version.split('.').slice(0, 2).join('.')}@processes`;
}

/** The user's own image: product and version are taken from its name as far as it tells them. */
function ownServerImage(image: string): Omit<ServerImage, 'debian' | 'local'> {
  const product = image.includes('valkey') ? 'valkey' : 'redis';
  return {
    flavour: image,
    product,
    version: /:(\d+(?:\.\d+)*)[^/]*$/.exec(image)?.[1] ?? '0',
    official: image,
    serverCommand: `${product}-server`,
  };
}

function unusable(own: string, reason: string): ChaosError {
  return new ChaosError('environment', `REDIS_SERVER=${own} cannot be used: ${reason}`);
}
