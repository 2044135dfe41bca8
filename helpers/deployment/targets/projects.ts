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

/** A project, and whether it runs when none is named. */
export interface Selectable {
  readonly name: string;
  readonly byDefault: boolean;
}

export type Selection = (project: Selectable) => boolean;

/** The projects that run, given these patterns: those that are named, or those that run by default. */
export function selection(patterns: readonly string[]): Selection {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!'));
  return ({ name, byDefault }) =>
    (wanted.length === 0 ? byDefault : wanted.some((pattern) => fits(pattern, name))) &&
    !unwanted.some((pattern) => fits(pattern.slice(1), name));
}

/** Whether a project is asked for by more than "all of them". */
export function isNamed(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => pattern !== '*' && fits(pattern, name));
}

/**
 * Throws for a pattern that fits no project, with the reason if it is one that cannot run here. `option` is what the pattern
 * was given by.
 */
export function requireProjects(
  patterns: readonly string[],
  others: readonly string[],
  { runnable, absent, known }: Discovery,
  option = '--project',
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
        ? `${option} ${pattern} fits no target; there are ${[...known, ...others].join(', ')}`
        : `${option} ${pattern} cannot run here: ${reason}`,
    );
  }
}

function fits(pattern: string, name: string): boolean {
  const regex = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${regex}$`, 'i').test(name);
}
