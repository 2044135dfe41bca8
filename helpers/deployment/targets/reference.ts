import { join } from 'node:path';
import { REDIS_VERSION } from '../../../fixtures/reference/config/errors.ts';

const FOLDER = join(import.meta.dirname, '../../../fixtures/reference');
const IN_CONTAINER = '/redis-chaos/fixtures/reference';

/** The reference implementation, as a server like others. */
export const REFERENCE = {
  flavour: 'reference',
  name: 'the reference implementation',
  product: 'redis',
  version: REDIS_VERSION,
  command: [process.execPath, join(FOLDER, 'main.ts')],
} as const;

/** The same in a container of Node: the project's own files are copied into it. */
export const REFERENCE_IN_CONTAINER = {
  command: ['node', `${IN_CONTAINER}/main.ts`],
  copies: [{ source: FOLDER, target: IN_CONTAINER }],
} as const;
