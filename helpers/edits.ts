/** How many letters must be put in, left out or changed (Levenshtein). */
export function edits(from: string, to: string): number {
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
