import { globSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ChaosError } from '../../errors.ts';
import { type Directive, parseConfig, placeOf } from './parse.ts';

/**
 * A redis.conf with everything that it includes, in the order in which it takes effect; `include` itself is left out.
 * Relative paths of includes begin at the folder of the file that was named first. Throws for files that cannot be read.
 */
export function readConfig(path: string): Directive[] {
  return readFrom(path, dirname(resolve(path)), []);
}

function readFrom(path: string, folder: string, within: readonly string[]): Directive[] {
  const text = textOf(path, 'the configuration');
  const chain = [...within, resolve(path)];
  return parseConfig(text, path).flatMap((directive) =>
    directive.name === 'include' ? included(directive, folder, chain) : [directive],
  );
}

function included(
  directive: Directive,
  folder: string,
  within: readonly string[],
): readonly Directive[] {
  const [pattern] = directive.args;
  if (pattern === undefined) {
    throw new ChaosError('misuse', `${placeOf(directive)}: include names no file`);
  }
  // A pattern may match nothing; a path may not.
  const isPattern = /[*?[]/.test(pattern);
  const paths = isPattern ? [...globSync(pattern, { cwd: folder })].sort() : [pattern];
  return paths.flatMap((found) => {
    const path = isAbsolute(found) ? found : join(folder, found);
    if (within.includes(resolve(path))) {
      throw new ChaosError('misuse', `${placeOf(directive)}: ${path} includes itself`);
    }
    try {
      return readFrom(path, folder, within);
    } catch (thrown) {
      if (!(thrown instanceof UnreadableFile)) throw thrown;
      throw new ChaosError('misuse', `${placeOf(directive)}: include ${pattern}: ${thrown.reason}`);
    }
  });
}

/** A file that is named in vain. */
class UnreadableFile extends ChaosError {
  readonly reason: string;

  constructor(what: string, reason: string) {
    super('misuse', `${what} cannot be read: ${reason}`);
    this.reason = reason;
  }
}

/** The text of a file that a configuration needs. Throws, saying what it was to be. */
export function textOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: `there is no file ${path}`,
      EISDIR: `${path} is a folder`,
      EACCES: `${path} may not be read by this user`,
    };
    throw new UnreadableFile(what, reasons[code ?? ''] ?? message);
  }
}
