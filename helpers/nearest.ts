import { edits } from './edits.ts';

const NAMED_MAX = 3;

/** Those of the names that are most like a word, all that are as near, for who has mistyped one. None if nothing is like it. */
export function nearest(word: string, names: readonly string[]): string[] {
  const most = Math.max(2, Math.floor(word.length / 3));
  const near = names
    .map((name) => ({ name, distance: name.startsWith(word) ? 0 : edits(word, name) }))
    .filter(({ distance }) => distance <= most);
  const least = Math.min(...near.map(({ distance }) => distance));
  return near
    .filter(({ distance }) => distance === least)
    .slice(0, NAMED_MAX)
    .map(({ name }) => name);
}
