import { join } from 'node:path';
import {
  REFERENCE_BASE_IMAGE,
  SERVER_IMAGES,
  type ServerImage,
  TOXIPROXY_IMAGE,
} from '../../../fixtures/images/catalogue.ts';
import { REDIS_VERSION } from '../../../fixtures/reference/config/errors.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import { compareVersions } from '../capabilities.ts';
import { engineClient } from '../containers/engine.ts';
import type { ProcessesTarget, ServerProgram, Target } from '../target.ts';
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
  const found = await localServers(ownBinary);
  const servers = 'missing' in found ? [] : found.servers;
  const runnable = [
    ...servers.map((server) => processesTarget([server], toxiproxy)),
    processesTarget([REFERENCE], toxiproxy),
    ...servers.flatMap((server) => [
      processesTarget([server, REFERENCE], toxiproxy),
      processesTarget([REFERENCE, server], toxiproxy),
    ]),
  ];
  const absent = 'missing' in found ? [{ name: 'local@processes', reason: found.missing }] : [];
  return {
    runnable,
    absent: absent.map((one) => ({ ...one, driver: 'processes' })),
    known: [...runnable, ...absent].map(({ name }) => name),
  };
}

/** The servers installed here, or the one that the user named; throws if that cannot be used. */
async function localServers(
  ownBinary: string | undefined,
): Promise<{ readonly servers: readonly NamedProgram[] } | { readonly missing: string }> {
  const names = ownBinary === undefined ? ['redis-server', 'valkey-server'] : [ownBinary];
  const paths = names.map((name) => findProgram(name)).filter((path) => path !== undefined);
  const missing = (reason: string) => {
    if (ownBinary !== undefined) throw unusable(ownBinary, reason);
    return { missing: reason };
  };
  if (paths.length === 0) {
    return missing(
      ownBinary === undefined
        ? 'neither redis-server nor valkey-server is on the PATH; install one, or name one with REDIS_SERVER'
        : 'there is no such program',
    );
  }
  try {
    const binaries = await Promise.all(paths.map(identify));
    // `redis-server` can be another name of `valkey-server`.
    return { servers: [...new Map(binaries.map(named).map((one) => [one.flavour, one])).values()] };
  } catch (thrown) {
    return missing(messageOf(thrown));
  }
}

interface NamedProgram extends ServerProgram {
  readonly flavour: string;
  readonly product: ServerBinary['product'];
}

const REFERENCE: NamedProgram = {
  flavour: 'reference',
  name: 'the reference implementation',
  product: 'redis',
  version: REDIS_VERSION,
  command: [process.execPath, join(import.meta.dirname, '../../../fixtures/reference/main.ts')],
};

function named({ path, product, version }: ServerBinary): NamedProgram {
  const flavour = `${product}:${version.split('.').slice(0, 2).join('.')}`;
  return { flavour, name: path, product, version, command: [path] };
}

/** A mix can do what the older of its servers can. */
function processesTarget(
  servers: readonly [NamedProgram, ...NamedProgram[]],
  toxiproxy: ProcessesTarget['toxiproxy'],
): ProcessesTarget {
  const oldest = servers.reduce((a, b) => (compareVersions(b.version, a.version) < 0 ? b : a));
  return {
    name: `${servers.map(({ flavour }) => flavour).join('+')}@processes`,
    driver: 'processes',
    product: oldest.product,
    version: oldest.version,
    servers,
    toxiproxy,
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
