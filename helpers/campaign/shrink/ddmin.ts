/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002): a part of the list, in its
 * order, that still fails, and of which no single item can be left out. `fails` must hold for the whole list; it is not asked.
 */
export async function ddmin<T>(
  items: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (items.length === 0 || (await fails([]))) return [];
  let kept = items;
  let parts = 2;
  while (kept.length >= 2) {
    const chunks = split(kept, parts);
    const chunk = await first(chunks, fails);
    if (chunk !== undefined) {
      kept = chunk;
      parts = 2;
      continue;
    }
    const complements = chunks.map((left) => chunks.filter((other) => other !== left).flat());
    // With two chunks, each is the complement of the other.
    const complement = parts === 2 ? undefined : await first(complements, fails);
    if (complement !== undefined) {
      kept = complement;
      parts -= 1;
    } else if (parts < kept.length) {
      parts = Math.min(2 * parts, kept.length);
    } else {
      break;
    }
  }
  return kept;
}

async function first<T>(
  candidates: readonly (readonly T[])[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (const candidate of candidates) {
    if (await fails(candidate)) return candidate;
  }
  return undefined;
}

/** As many chunks, of lengths that differ by one at most. */
function split<T>(items: readonly T[], parts: number): (readonly T[])[] {
  return Array.from({ length: parts }, (_, at) =>
    items.slice(
      Math.floor((at * items.length) / parts),
      Math.floor(((at + 1) * items.length) / parts),
    ),
  );
}
