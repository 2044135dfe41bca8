import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ChaosError } from '../../errors.ts';
import { freePort } from '../../ports.ts';
import { until } from '../../until.ts';

/** A Toxiproxy that runs as a process of its own. */
export interface Program extends AsyncDisposable {
  readonly url: string;
  readonly child: ChildProcess;
}

const LOOPBACK = '127.0.0.1';

/** Starts the embedded server as its program, on a free port of the loopback interface. */
export async function startEmbedded(...options: readonly string[]): Promise<Program> {
  const entry = JSON.stringify(new URL('../../cli/toxiproxy.ts', import.meta.url));
  const script = `const { toxiproxy } = await import(${entry});
    process.exitCode = await toxiproxy(process.argv.slice(1));`;
  return start(process.execPath, ['--input-type=module', '--eval', script, '--'], options);
}

/** Starts `toxiproxy-server`, by its path or from the PATH, in the same way. */
export async function startReal(path: string, ...options: readonly string[]): Promise<Program> {
  return start(path, [], options);
}

async function start(
  path: string,
  before: readonly string[],
  options: readonly string[],
): Promise<Program> {
  const port = await freePort();
  const args = [...before, '-host', LOOPBACK, '-port', String(port), ...options];
  const child = spawn(path, args, { stdio: 'ignore', env: { ...process.env, LOG_LEVEL: 'error' } });
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const url = `http://${LOOPBACK}:${port}`;
  await until(
    async () =>
      failure !== undefined || child.exitCode !== null || (await fetch(`${url}/version`)).ok,
    (settled) => settled,
    { what: `${path} to answer at ${url}`, withinMs: 15_000, verdict: 'environment' },
  );
  if (failure !== undefined || child.exitCode !== null) {
    const reason = failure?.message ?? `it ended with exit code ${child.exitCode}`;
    throw new ChaosError('environment', `start ${path} at ${url}: ${reason}`);
  }
  return { url, child, [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
