import {
  REFERENCE_BASE_IMAGE,
  SERVER_IMAGES,
  TOXIPROXY_IMAGE,
} from '../../../fixtures/images/catalogue.ts';
import { messageOf } from '../../errors.ts';
import { compareVersions, UNKNOWN_VERSION, type Versioned } from '../capabilities.ts';
import { engineClient } from '../containers/engine.ts';
import type { ContainersTarget, ServerInContainer } from '../target.ts';
import type { Absent, Discovery } from './discover.ts';
import { ImageFinder } from './images.ts';
import { IMAGE_PREFIX, unusable } from './own.ts';
import type { Selectable, Selection } from './projects.ts';
import { bundledReference, hasReference, REFERENCE } from './reference.ts';

/** The Vitest project of the conformance suite, which needs an image, too. */
export const TOXIPROXY_PROJECT = 'toxiproxy';
/** The image of Testcontainers 12's reaper. */
const RYUK_IMAGE = 'testcontainers/ryuk:0.14.0';

/** A server that an image is known for. */
interface Candidate extends Versioned, Pick<ServerInContainer, 'directives'> {
  readonly flavour: string;
  readonly official: string;
  readonly local?: string;
  /** Asked only of those that are to run: the reference is bundled for it. */
  readonly program: () => Promise<Pick<ServerInContainer, 'command' | 'copies'>>;
}

interface Wanted extends Selectable {
  readonly servers: readonly [Candidate, ...Candidate[]];
}

/** What the container engine can run; `own` is the user's image. */
export async function discoverContainers(
  own: string | undefined,
  toxiproxyWord: string | undefined,
  isSelected: Selection,
): Promise<Discovery> {
  const all = candidates(own);
  const known = all.map(({ name }) => name);
  const wanted = all.filter(isSelected);
  const none = (reason: string): Discovery => {
    if (own !== undefined) throw unusable(`${IMAGE_PREFIX}${own}`, reason);
    return { runnable: [], absent: wanted.map(({ name }) => absence(name, reason)), known };
  };
  if (wanted.length === 0 && !isSelected({ name: TOXIPROXY_PROJECT, byDefault: true })) {
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
  const node = embedded ? toxiproxy : await finder.find(REFERENCE_BASE_IMAGE);
  const switches = 'image' in node ? { embeddedOn: node.image } : node;
  const runnable: ContainersTarget[] = [];
  const absent: Absent[] = [];
  for (const { name, servers } of wanted) {
    const found = await withImages(finder, servers);
    if ('missing' in found) {
      if (name === own) throw unusable(`${IMAGE_PREFIX}${own}`, found.missing);
      absent.push(absence(name, found.missing));
      continue;
    }
    const { product, version } = oldest(servers);
    const target = {
      name,
      driver: 'containers',
      product,
      version,
      isReference: hasReference(servers),
      toxiproxy: links,
      switches,
      ryuk,
    } as const;
    const sentinel = await withImages(finder, [sentinelOf(servers)]);
    runnable.push({
      ...target,
      servers: found.servers,
      sentinel: 'missing' in sentinel ? sentinel : sentinel.servers[0],
    });
  }
  return { runnable, absent, known, ...(embedded ? {} : { toxiproxyImage: toxiproxy.image }) };
}

/** What Sentinels are: the target's first server but the reference, or the newest Redis. */
function sentinelOf(servers: Wanted['servers']): Candidate {
  const [own] = servers.filter(({ flavour }) => flavour !== REFERENCE.flavour);
  const [newest] = catalogued(SERVER_IMAGES.filter(isNewest));
  return own ?? newest ?? servers[0];
}

/**
 * Every server alone, the reference, and each mix of it with another, in both orders. By default run the newest of each
 * product, the user's own, and the newest Redis with replicas of the reference.
 */
function candidates(own: string | undefined): Wanted[] {
  const others = catalogued(SERVER_IMAGES.filter(({ flavour }) => flavour !== own));
  const alone = own === undefined ? others : [...others, ownImage(own)];
  return [
    ...alone.map((server) => single(server, server.flavour === own || isNewest(server))),
    single(reference([]), false),
    ...others.flatMap((server) => {
      const other = reference(directivesBeside(server));
      const byDefault = server.product === 'redis' && isNewest(server);
      return [mix(server, other, byDefault), mix(other, server, false)];
    }),
  ];
}

function catalogued(images: typeof SERVER_IMAGES): Candidate[] {
  return images.map(({ serverCommand, ...server }) => ({
    ...server,
    program: async () => ({ command: [serverCommand] }),
  }));
}

function isNewest({ product, version }: Versioned): boolean {
  return SERVER_IMAGES.every(
    (other) => other.product !== product || compareVersions(other.version, version) <= 0,
  );
}

function single(server: Candidate, byDefault: boolean): Wanted {
  return { name: server.flavour, byDefault, servers: [server] };
}

function mix(master: Candidate, replica: Candidate, byDefault: boolean): Wanted {
  const name = `${master.flavour}+${replica.flavour}`;
  return { name, byDefault, servers: [master, replica] };
}

function reference(directives: readonly string[]): Candidate {
  const { flavour, product, version } = REFERENCE;
  const { official, local } = REFERENCE_BASE_IMAGE;
  const program = async () => (await bundledReference()).inContainer;
  return { flavour, product, version, official, local, directives, program };
}

/** What the reference must be told to get on with a replica of that version. */
function directivesBeside(server: Versioned): string[] {
  const readsVersion10 = compareVersions(server.version, '7.0') >= 0;
  return readsVersion10 ? [] : ['rdb-version 9'];
}

async function withImages(
  finder: ImageFinder,
  candidates: readonly Candidate[],
): Promise<{ readonly servers: ContainersTarget['servers'] } | { readonly missing: string }> {
  const servers: ServerInContainer[] = [];
  for (const candidate of candidates) {
    const resolved = await finder.find(candidate);
    if ('missing' in resolved) return resolved;
    const { version, directives = [] } = candidate;
    const { command, copies = [] } = await candidate.program();
    servers.push({ image: resolved.image, version, command, copies, directives });
  }
  return { servers: servers as unknown as ContainersTarget['servers'] };
}

/** A mix can do what the older of its servers can. */
export function oldest<Server extends Versioned>(servers: readonly [Server, ...Server[]]): Server {
  return servers.reduce((a, b) => (compareVersions(b.version, a.version) < 0 ? b : a));
}

/** The user's own image: product and version are taken from its name as far as it tells them. */
export function ownImage(image: string): Candidate {
  const product = image.includes('valkey') ? 'valkey' : 'redis';
  const [named = ''] = image.split('@');
  return {
    flavour: image,
    product,
    version: /:(\d+(?:\.\d+)*)[^/]*$/.exec(named)?.[1] ?? UNKNOWN_VERSION,
    official: image,
    program: async () => ({ command: [`${product}-server`] }),
  };
}

function absence(name: string, reason: string): Absent {
  return { name, driver: 'containers', reason };
}
