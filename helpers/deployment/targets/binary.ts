import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ChaosError } from '../../errors.ts';

/** A server program and what it says of itself. */
export interface ServerBinary {
  readonly path: string;
  readonly product: 'redis' | 'valkey';
  /** Full version, e.g. `7.0.15`. */
  readonly version: string;
}

const VERSION = /^(Redis|Valkey) server v=(\d+\.\d+\.\d+)/m;
const VERSION_WITHIN_MS = 5_000;

/** A server that ended well without a word was seen once among thousands of starts, on a busy machine. */
const ASKED_MOST = 3;

/** The absolute path of a program named by path or looked up on the PATH; undefined if there is none. */
export function findProgram(
  name: string,
  searchPath = process.env['PATH'] ?? '',
): string | undefined {
  const candidates =
    isAbsolute(name) || name.includes('/')
      ? [resolve(name)]
      : searchPath.split(delimiter).map((folder) => join(folder, name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Asks a program for its version. Throws if it is not a Redis or Valkey server. */
export async function identify(path: string): Promise<ServerBinary> {
  let output = '';
  for (let asked = 0; output === '' && asked < ASKED_MOST; asked += 1) {
    output = await versionOf(path);
  }
  const match = VERSION.exec(output);
  if (match === null) {
    throw new ChaosError(
      'environment',
      `${path} is not a Redis or Valkey server: expected \`--version\` to print "Redis server v=..." or "Valkey server v=...", got "${output.trim().slice(0, 200)}"`,
    );
  }
  const [, product, version] = match as unknown as [string, string, string];
  return { path, product: product === 'Valkey' ? 'valkey' : 'redis', version };
}

/** What it prints when it is asked for its version, or else what went wrong. */
function versionOf(path: string): Promise<string> {
  return promisify(execFile)(path, ['--version'], {
    timeout: VERSION_WITHIN_MS,
    encoding: 'utf8',
  }).then(
    ({ stdout }) => stdout,
    (failed: Error & { stdout?: string }) => failed.stdout || failed.message,
  );
}
