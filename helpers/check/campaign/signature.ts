import type { Judgement } from '../../campaign/record.ts';

/** Log lines that are cited come after what is said of them. */
const CHARS_MAX = 160;

/**
 * What makes two failures the same: verdict, checker and words of the worst finding, without what differs from run to run:
 * numbers, replication IDs and instants. A node is `replica-#`, whichever it was.
 */
export function signature({ verdict, findings }: Judgement): string {
  const [worst] = findings;
  if (worst === undefined) return verdict;
  return `${verdict}: ${worst.checker}: ${withoutIds(worst.text)}`;
}

function withoutIds(text: string): string {
  const [line = ''] = text.split('\n');
  return line
    .replaceAll(/\b[0-9a-f]{40}\b/g, '#')
    .replaceAll(/"[^"]*"/g, '"…"')
    .replaceAll(/\d+(?:[.:T-]\d+)*Z?/g, '#')
    .slice(0, CHARS_MAX);
}
