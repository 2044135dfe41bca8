import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Toxiproxy } from 'toxiproxy-node-client';
import { ChaosError, messageOf } from '../../errors.ts';
import { Ports } from '../../ports.ts';
import { ToxiproxyServer } from '../../toxiproxy/server.ts';
import { until } from '../../until.ts';
import type { Driver, Listener, Server, ServerSpec } from '../driver.ts';
import { EMBEDDED_SEED, EMBEDDED_TAP } from '../embedded-toxiproxy.ts';
import { fileBlocks, limitFiles } from '../file-limit.ts';
import { Session } from '../session/session.ts';
import type { ProcessesTarget, ServerProgram } from '../target.ts';
import { Child } from './child.ts';
import { ProcessServer } from './server.ts';

/** Servers as child processes, Toxiproxy embedded or as one, too; everything listens on 127.0.0.1. */
export class ProcessesDriver implements Driver {
  readonly target: ProcessesTarget;
  readonly toxiproxy: Toxiproxy;
  readonly addressing = { bind: '127.0.0.1' };
  readonly gone = undefined;
  readonly #resources: AsyncDisposableStack;
  readonly #session: Session;
  readonly #ports: Ports;
  #servers = 0;

  private constructor(
    target: ProcessesTarget,
    toxiproxy: Toxiproxy,
    session: Session,
    ports: Ports,
    resources: AsyncDisposableStack,
  ) {
    this.target = target;
    this.toxiproxy = toxiproxy;
    this.#session = session;
    this.#ports = ports;
    this.#resources = resources;
  }

  static async start(target: ProcessesTarget): Promise<ProcessesDriver> {
    await using resources = new AsyncDisposableStack();
    const session = resources.use(await Session.open({ usesContainers: false }));
    const ports = resources.use(await Ports.reserve());
    const toxiproxy =
      target.toxiproxy === 'embedded'
        ? await startEmbedded(resources)
        : await startToxiproxy(target.toxiproxy.path, session, ports, resources);
    return new ProcessesDriver(target, toxiproxy, session, ports, resources.move());
  }

  async createServer({ name, depth, config, files, fileBytesMax }: ServerSpec): Promise<Server> {
    this.#servers += 1;
    const folder = join(this.#session.folder, `${this.#servers}-${name}`);
    const port = await this.#ports.next();
    const { servers } = this.target;
    const program = servers[depth % servers.length] ?? servers[0];
    return ProcessServer.create(withFileLimit(program.command, fileBytesMax), folder, {
      name,
      port,
      config: config(port),
      files,
    });
  }

  async reserveListener(): Promise<Listener> {
    const address = { host: '127.0.0.1', port: await this.#ports.next() };
    return {
      listen: `${address.host}:${address.port}`,
      inside: address,
      outside: address,
      // Ports are given out round and round: there is nothing to give back.
      [Symbol.dispose]: () => {},
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

function withFileLimit(
  command: ServerProgram['command'],
  bytes: number | undefined,
): ServerProgram['command'] {
  if (bytes === undefined) return command;
  return ['sh', '-c', `${limitFiles(fileBlocks(bytes))}; exec "$@"`, 'sh', ...command];
}

async function startEmbedded(resources: AsyncDisposableStack): Promise<Toxiproxy> {
  const server = resources.use(
    await ToxiproxyServer.start({ seed: EMBEDDED_SEED, tap: EMBEDDED_TAP }),
  );
  return new Toxiproxy(server.url);
}

async function startToxiproxy(
  path: string,
  session: Session,
  ports: Ports,
  resources: AsyncDisposableStack,
): Promise<Toxiproxy> {
  const port = await ports.next();
  const cwd = join(session.folder, 'toxiproxy');
  await mkdir(cwd);
  let output = '';
  const child = await Child.start(path, ['-host', '127.0.0.1', '-port', String(port)], {
    cwd,
    output: (chunk) => {
      output = (output + chunk).slice(-4_000);
    },
  });
  resources.defer(() => child.end('SIGKILL', 10_000));
  const client = new Toxiproxy(`http://127.0.0.1:${port}`);
  try {
    await until(
      () => {
        if (child.exit !== undefined) return 'ended';
        return client.getVersion();
      },
      () => true,
      { what: `${path} to answer on port ${port}`, withinMs: 10_000, verdict: 'environment' },
    );
  } catch (cause) {
    throw new ChaosError('environment', `${messageOf(cause)}; it said: ${output}`, { cause });
  }
  if (child.exit !== undefined) {
    throw new ChaosError('environment', `${path} ended at once; it said: ${output}`);
  }
  return client;
}
