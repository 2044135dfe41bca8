import { ChaosError } from '../../errors.ts';
import type { Discovery } from './discover.ts';

/** The names given to Vitest's `--project`: each a name, a pattern with `*`, or a negation with `!`. */
export function projectPatterns(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (arg.startsWith('--project=')) return [arg.slice('--project='.length)];
    const value = args[index + 1];
    return arg === '--project' && value !== undefined ? [value] : [];
  });
}

/** Whether Vitest would run a project of this name, given these patterns. */
export function isSelected(patterns: readonly string[], name: string): boolean {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!'));
  return (
    (wanted.length === 0 || wanted.some((pattern) => fits(pattern, name))) &&
    !unwanted.some((pattern) => fits(pattern.slice(1), name))
  );
}

/** Throws for a pattern that fits no project, with the reason if it is one that cannot run here. */
export function requireProjects(
  patterns: readonly string[],
  others: readonly string[],
  { runnable, absent, known }: Discovery,
): void {
  const names = [...runnable.map(({ name }) => name), ...others];
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      const all = [...known, ...others];
      if (all.some((name) => fits(pattern.slice(1), name))) continue;
    }
    if (names.some((name) => fits(pattern, name))) continue;
    const reason = absent.find(({ name }) => fits(pattern, name))?.reason;
    throw new ChaosError(
      reason === undefined ? 'misuse' : 'environment',
      reason === undefined
        ? `--project ${pattern} fits no target; there are ${[...known, ...others].join(', ')}`
        : `--project ${pattern} cannot run here: ${reason}`,
    );
  }
}

function fits(pattern: string, name: string): boolean {
  const regex = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${regex}$`, 'i').test(name);
}
