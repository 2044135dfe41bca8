import { ChaosError, messageOf } from '../../errors.ts';
import type { Missing, ProcessesTarget, ServerProgram } from '../target.ts';
import { findProgram, identify, type ServerBinary } from './binary.ts';
import { oldest } from './containers.ts';
import type { Discovery } from './discover.ts';
import { unusable } from './own.ts';
import type { Selection } from './projects.ts';
import { bundledReference, hasReference, REFERENCE } from './reference.ts';

/** What runs as processes here; `ownBinary` is the user's program. */
export async function discoverProcesses(
  ownBinary: string | undefined,
  toxiproxy: ProcessesTarget['toxiproxy'],
  isSelected: Selection,
): Promise<Discovery> {
  const found = await localServers(ownBinary);
  const servers = 'missing' in found ? [] : found.servers;
  const sentinel = 'missing' in found ? found : found.servers[0];
  const all = [
    ...servers.map((server) => processesTarget([server], toxiproxy, server)),
    processesTarget([REFERENCE], toxiproxy, sentinel),
    ...servers.flatMap((server) => [
      processesTarget([server, REFERENCE], toxiproxy, server),
      processesTarget([REFERENCE, server], toxiproxy, server),
    ]),
  ];
  const runnable = await Promise.all(
    all.filter(({ name }) => isSelected({ name, byDefault: true })).map(withBundledReference),
  );
  const absent = 'missing' in found ? [{ name: 'local@processes', reason: found.missing }] : [];
  return {
    runnable,
    absent: absent.map((one) => ({ ...one, driver: 'processes' })),
    known: [...all, ...absent].map(({ name }) => name),
  };
}

/** The bundle is made only where a target needs it. */
async function withBundledReference(target: ProcessesTarget): Promise<ProcessesTarget> {
  const servers = target.servers.map(async (server) =>
    server === REFERENCE ? (await bundledReference()).program : server,
  );
  return { ...target, servers: (await Promise.all(servers)) as unknown as typeof target.servers };
}

/** The servers installed here, or the one that the user named; throws if that cannot be used. */
async function localServers(
  ownBinary: string | undefined,
): Promise<{ readonly servers: readonly [NamedProgram, ...NamedProgram[]] } | Missing> {
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
    const byFlavour = new Map(binaries.map(named).map((one) => [one.flavour, one]));
    return { servers: [...byFlavour.values()] as [NamedProgram, ...NamedProgram[]] };
  } catch (thrown) {
    return missing(messageOf(thrown));
  }
}

interface NamedProgram extends ServerProgram {
  readonly flavour: string;
}

function named({ path, product, version }: ServerBinary): NamedProgram {
  const flavour = `${product}:${version.split('.').slice(0, 2).join('.')}`;
  return { flavour, name: path, product, version, command: [path] };
}

function processesTarget(
  servers: readonly [NamedProgram, ...NamedProgram[]],
  toxiproxy: ProcessesTarget['toxiproxy'],
  sentinel: ProcessesTarget['sentinel'],
): ProcessesTarget {
  const { product, version } = oldest(servers);
  return {
    name: `${servers.map(({ flavour }) => flavour).join('+')}@processes`,
    driver: 'processes',
    product,
    version,
    isReference: hasReference(servers),
    servers,
    toxiproxy,
    sentinel,
  };
}

/** The embedded Toxiproxy by default, else a program. Throws if there is none. */
export function toxiproxyOf(word = 'embedded'): ProcessesTarget['toxiproxy'] {
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
