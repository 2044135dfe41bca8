import { edits } from '../../edits.ts';

const NAMED_MAX = 3;

/** Those of the names that are most like a word, for who has mistyped one. None if nothing is like it. */
export function nearest(word: string, names: readonly string[]): string[] {
  const most = Math.max(2, Math.floor(word.length / 3));
  return names
    .map((name) => [name, name.startsWith(word) ? 0 : edits(word, name)] as const)
    .filter(([, distance]) => distance <= most)
    .sort((a, b) => a[1] - b[1])
    .slice(0, NAMED_MAX)
    .map(([name]) => name);
}
