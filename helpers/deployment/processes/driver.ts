import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Toxiproxy } from 'toxiproxy-node-client';
import { ChaosError, messageOf } from '../../errors.ts';
import { Ports } from '../../ports.ts';
import { ToxiproxyServer } from '../../toxiproxy/server.ts';
import { until } from '../../until.ts';
import { can } from '../capabilities.ts';
import type { Driver, Listener, Proxying, Server, ServerSpec } from '../driver.ts';
import { EMBEDDED_SEED, EMBEDDED_TAP } from '../embedded-toxiproxy.ts';
import { fileBlocks, limitFiles } from '../file-limit.ts';
import { serverFor } from '../sentinels/missing.ts';
import { Session } from '../session/session.ts';
import type { ProcessesTarget, ServerProgram } from '../target.ts';
import { Child } from './child.ts';
import { ProcessServer } from './server.ts';

/** Servers as child processes, Toxiproxy embedded or as one, too; everything listens on 127.0.0.1. */
export class ProcessesDriver implements Driver {
  readonly target: ProcessesTarget;
  readonly toxiproxy: Toxiproxy;
  readonly gone = undefined;
  readonly #resources: AsyncDisposableStack;
  readonly #session: Session;
  readonly #ports: Ports;
  #servers = 0;
  #switching: Promise<Proxying> | undefined;

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

  async createServer({
    name,
    kind,
    ownAddress,
    config,
    files,
    fileBytesMax,
  }: ServerSpec): Promise<Server> {
    const program = serverFor(kind, this.target);
    this.#servers += 1;
    const folder = join(this.#session.folder, `${this.#servers}-${name}`);
    const host = ownAddress ? ownLoopback(this.#servers) : '127.0.0.1';
    const port = await this.#ports.next();
    return ProcessServer.create(withFileLimit(program.command, fileBytesMax), folder, {
      name,
      host,
      port,
      config: config({
        port,
        bind: host,
        // Older servers connect from the address that they are bound to.
        ...(ownAddress && can(program, 'bind-source-addr') && { 'bind-source-addr': host }),
      }),
      files,
    });
  }

  switching(): Promise<Proxying> {
    this.#switching ??=
      this.target.toxiproxy === 'embedded'
        ? Promise.resolve(this)
        : startEmbedded(this.#resources).then((toxiproxy) => ({
            toxiproxy,
            reserveListener: () => this.reserveListener(),
          }));
    return this.#switching;
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

/** All of 127.0.0.0/8 is this machine on Linux. Those of 64 000 servers in a row differ. */
function ownLoopback(number: number): string {
  return `127.64.${Math.floor(number / 250) % 256}.${1 + (number % 250)}`;
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
