/** What a server refuses to start with, in its own words. */
export interface Refusal {
  /** In the text that it was given, from 1; absent where it does not tell. */
  readonly lineNumber?: number;
  /** The line as it quotes it; absent where the whole is meant. */
  readonly line?: string;
  readonly words: string;
}

const FATAL = /^\*\*\* FATAL CONFIG FILE ERROR/;
const AT_LINE = /^Reading the configuration file, at line (\d+)$/;
const QUOTED = /^>>> '(.*)'$/;
const UNRESOLVED = /^Unresolved Configuration\(s\) Detected:$/;

/**
 * The lines of its configuration that a server says it ends for. Observed with Redis 6.0, 7.0, 8.0 and Valkey 9.1: all name
 * one line and end; Redis 8.0 takes names it does not know for those of modules, and names all of them when it has
 * loaded what modules there are, without a number.
 */
export function refusalsIn(log: readonly string[]): Refusal[] {
  const fatal = log.findIndex((line) => FATAL.test(line));
  if (fatal >= 0) return [fatalAt(log.slice(fatal + 1))];
  const unresolved = log.findIndex((line) => UNRESOLVED.test(line));
  if (unresolved < 0) return [];
  const rest = log.slice(unresolved + 1);
  const end = rest.findIndex((line) => !QUOTED.test(line));
  const words = rest[end] ?? 'Unresolved configuration';
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .map((line) => ({ line: QUOTED.exec(line)?.[1] ?? line, words }));
}

function fatalAt(lines: readonly string[]): Refusal {
  const [where = '', quote = ''] = lines;
  const number = AT_LINE.exec(where)?.[1];
  if (number === undefined) return { words: lines.join(' ').trim() };
  const line = QUOTED.exec(quote)?.[1];
  return {
    lineNumber: Number(number),
    ...(line !== undefined && { line }),
    words: (lines[2] ?? '').trim(),
  };
}
