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

/** How many letters must be put in, left out or changed (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [other, toLetter] of [...to].entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[other], row[other + 1], row[other]];
      next.push(Math.min(left + 1, above + 1, diagonal + Number(letter !== toLetter)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
