import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ChaosError, messageOf } from './errors.ts';
import { nearest } from './nearest.ts';

const UNKNOWN = /^Unknown option '([^']+)'/;

/**
 * Options and words as `util.parseArgs` gives them: how every command reads its arguments. Throws misuse for others, and names
 * those that are like them; `others` are flags that somebody meant may be.
 */
export function parseOptions<const T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
  others: readonly string[] = [],
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (thrown) {
    const message = messageOf(thrown);
    const [, unknown] = UNKNOWN.exec(message) ?? [];
    if (unknown === undefined) throw new ChaosError('misuse', message);
    throw unknownFlag(unknown, [...Object.keys(options), ...others]);
  }
}

/** Throws misuse for words where a command takes options alone. */
export function noWords([word]: readonly string[]): void {
  if (word !== undefined) throw new ChaosError('misuse', `${word} is no option; see --help`);
}

/** What is said of an argument that is none of the flags, given without their dashes. */
export function unknownFlag(argument: string, flags: readonly string[]): ChaosError {
  const name = argument.replace(/^--?/, '').replace(/=.*$/s, '');
  const hint = didYouMean(name, flags, '--') ?? 'see --help';
  return new ChaosError('misuse', `there is no option ${argument}; ${hint}`);
}

/** `did you mean --outage?`; undefined if nothing is like it. */
export function didYouMean(
  word: string,
  names: readonly string[],
  dashes = '',
): string | undefined {
  const near = nearest(word, names).map((name) => `${dashes}${name}`);
  return near.length === 0 ? undefined : `did you mean ${near.join(' or ')}?`;
}
