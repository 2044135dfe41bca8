import type { Target } from '../target.ts';
import { discoverContainers } from './containers.ts';
import { IMAGE_PREFIX } from './own.ts';
import { discoverProcesses, toxiproxyOf } from './processes.ts';
import type { Selection } from './projects.ts';

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
    readonly isSelected?: Selection;
  } = {},
): Promise<Discovery> {
  const { env = process.env, isSelected = () => true } = options;
  const own = env['REDIS_SERVER'] ?? '';
  const ownImage = own.startsWith(IMAGE_PREFIX) ? own.slice(IMAGE_PREFIX.length) : undefined;
  const ownBinary = own !== '' && ownImage === undefined ? own : undefined;
  const [containers, processes] = await Promise.all([
    discoverContainers(ownImage, env['TOXIPROXY'], isSelected),
    discoverProcesses(ownBinary, toxiproxyOf(env['TOXIPROXY']), isSelected),
  ]);
  return {
    ...containers,
    runnable: [...containers.runnable, ...processes.runnable],
    absent: [...containers.absent, ...processes.absent],
    known: [...containers.known, ...processes.known],
  };
}
