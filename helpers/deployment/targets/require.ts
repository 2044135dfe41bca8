import { ChaosError } from '../../errors.ts';
import type { Discovery } from './discover.ts';

/**
 * Checks REQUIRE_TARGETS, a comma-separated list of drivers and target names: each must be there to run.
 * Throws with the reasons if not.
 */
export function requireTargets(required: string, { runnable, absent }: Discovery): void {
  const words = required.split(',').map((word) => word.trim());
  for (const word of words.filter((one) => one !== '')) {
    const missing = absent.filter(({ name, driver }) => name === word || driver === word);
    const present = runnable.some(({ name, driver }) => name === word || driver === word);
    if (missing.length > 0 || !present) {
      const reasons = missing.map(({ name, reason }) => `${name}: ${reason}`);
      const known = [...runnable, ...absent].map(({ name }) => name).join(', ');
      throw new ChaosError(
        'environment',
        `REQUIRE_TARGETS asks for ${word}, which cannot run here. ${
          reasons.length > 0
            ? reasons.join('; ')
            : `Accepted are containers, processes and the targets ${known}`
        }`,
      );
    }
  }
}

/**
 * Checks the names given to Vitest's --project against what can run, where each could also be a pattern
 * with `*` or a negation with `!`. Throws for one that fits nothing.
 */
export function requireProjects(
  args: readonly string[],
  others: readonly string[],
  { runnable, absent }: Discovery,
): void {
  const names = [...runnable.map(({ name }) => name), ...others];
  for (const pattern of projectPatterns(args)) {
    const regex = new RegExp(
      `^${pattern
        .replace(/^!/, '')
        .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')}$`,
      'i',
    );
    if (names.some((name) => regex.test(name))) continue;
    const reason = absent.find(({ name }) => regex.test(name))?.reason;
    throw new ChaosError(
      'misuse',
      reason === undefined
        ? `--project ${pattern} fits no target; there are ${names.join(', ')}`
        : `--project ${pattern} cannot run here: ${reason}`,
    );
  }
}

function projectPatterns(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    if (arg.startsWith('--project=')) return [arg.slice('--project='.length)];
    const value = args[index + 1];
    return arg === '--project' && value !== undefined ? [value] : [];
  });
}
