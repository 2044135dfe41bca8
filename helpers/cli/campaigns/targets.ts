import type { Target } from '../../deployment/target.ts';
import { discover } from '../../deployment/targets/discover.ts';
import { requireProjects, selection } from '../../deployment/targets/projects.ts';
import { ChaosError } from '../../errors.ts';

const REFERENCE = 'reference@processes';
const ON_PROCESSES = /^[^+]*@processes$/;

/**
 * The targets that names or patterns fit, as `npm test -- --project` takes them. Throws misuse for one that fits none, and
 * `environment` for one that cannot run here, with the reason.
 */
export async function targetsOf(
  patterns: readonly string[],
  option: string,
): Promise<readonly [Target, ...Target[]]> {
  const discovery = await discover({ isSelected: selection(patterns) });
  requireProjects(patterns, [], discovery, option);
  const [first, ...others] = discovery.runnable;
  if (first === undefined) throw new ChaosError('environment', 'no target can run here');
  return [first, ...others];
}

/** The target of that name or the first that the pattern fits, or, if nobody asked for one, the best. Throws as `targetsOf`. */
export async function targetFor(pattern: string | undefined): Promise<Target> {
  if (pattern === undefined) return bestTarget();
  const [target] = await targetsOf([pattern], '--target');
  return target;
}

/**
 * What tells most here without being waited for: the server that is installed, else one in a container, else the reference,
 * which runs everywhere.
 */
async function bestTarget(): Promise<Target> {
  const installed = await discover({ isSelected: ({ name }) => ON_PROCESSES.test(name) });
  const real = installed.runnable.find(({ isReference }) => !isReference);
  if (real !== undefined) return real;
  const contained = await discover({
    isSelected: ({ name, byDefault }) => byDefault && !name.includes('@') && !name.includes('+'),
  });
  return contained.runnable.find(({ driver }) => driver === 'containers') ?? referenceTarget();
}

/** The reference as processes. */
export async function referenceTarget(): Promise<Target> {
  const [reference] = await targetsOf([REFERENCE], '--target');
  return reference;
}
