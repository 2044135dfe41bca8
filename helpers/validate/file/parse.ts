import { splitInline } from '../../../fixtures/reference/resp/inline.ts';
import { ChaosError } from '../../errors.ts';

/** A line of a redis.conf. */
export interface Directive {
  /** In lower case. */
  readonly name: string;
  /** Without quotes and escapes. */
  readonly args: readonly string[];
  /** What follows the name, as written. */
  readonly written: string;
  /** The whole line, as the server is given it. */
  readonly line: string;
  readonly file: string;
  /** From 1. */
  readonly lineNumber: number;
}

/** `redis.conf:12`, as editors open it. */
export function placeOf({ file, lineNumber }: Pick<Directive, 'file' | 'lineNumber'>): string {
  return `${file}:${lineNumber}`;
}

/**
 * The directives of a redis.conf, includes not followed. A line is one directive; only a line that begins with `#` is a
 * comment. Throws, with file and line, for quotes that do not close: the server would refuse to read on there.
 * Source: Redis 7.0 config.c loadServerConfigFromString.
 */
export function parseConfig(text: string, file: string): Directive[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/^\uFEFF/, '').replace(/^[ \t\r]+|[ \t\r]+$/g, '');
    if (line === '' || line.startsWith('#')) return [];
    const place = { file, lineNumber: index + 1 };
    if (line.includes('\0')) {
      throw new ChaosError(
        'misuse',
        `${placeOf(place)}: there is a zero byte in this line; expected a redis.conf, which is text`,
      );
    }
    const [name, ...args] = splitInline(line) ?? unbalanced(place);
    if (name === undefined || name === '') return [];
    const written = line.slice(line.search(/[ \t]|$/)).trim();
    return [{ name: name.toLowerCase(), args, written, line, ...place }];
  });
}

function unbalanced(place: Pick<Directive, 'file' | 'lineNumber'>): never {
  throw new ChaosError(
    'misuse',
    `${placeOf(place)}: quotes are not closed, or something follows a closing quote; expected \`directive value ...\`, with "..." or '...' around values that have blanks`,
  );
}
