import { join } from 'node:path';
import { REDIS_VERSION } from '../../../fixtures/reference/config/errors.ts';
import { BUNDLED_MAIN, bundleReference } from './reference-bundle.ts';

const MAIN = join(import.meta.dirname, '../../../fixtures/reference/main.ts');
/** Servers of a few seconds that share cores with many others: less of the CPU goes to collecting garbage (a tenth less in all). */
const NODE_OPTIONS = ['--single-threaded-gc', '--min-semi-space-size=16'] as const;
const IN_CONTAINER = '/redis-chaos';

/** The reference implementation, as a server like others. */
export const REFERENCE = {
  flavour: 'reference',
  name: 'the reference implementation',
  product: 'redis',
  version: REDIS_VERSION,
  /** As its users start it. */
  command: [process.execPath, MAIN],
} as const;

export function hasReference(servers: readonly { readonly flavour: string }[]): boolean {
  return servers.some(({ flavour }) => flavour === REFERENCE.flavour);
}

let folder: Promise<string> | undefined;

/** The same as targets start it: bundled, here and in a container of Node into which the bundle is copied. */
export async function bundledReference() {
  folder ??= bundleReference();
  const source = await folder;
  return {
    program: {
      ...REFERENCE,
      command: [process.execPath, ...NODE_OPTIONS, join(source, BUNDLED_MAIN)],
    },
    inContainer: {
      command: ['node', ...NODE_OPTIONS, `${IN_CONTAINER}/${BUNDLED_MAIN}`],
      copies: [{ source: join(source, 'fixtures'), target: `${IN_CONTAINER}/fixtures` }],
    },
  } as const;
}
