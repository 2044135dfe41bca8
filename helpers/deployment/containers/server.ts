import { PassThrough } from 'node:stream';
import { type ContainerRuntimeClient, GenericContainer, type StartedNetwork } from 'testcontainers';
import { ChaosError, messageOf } from '../../errors.ts';
import { until } from '../../until.ts';
import type { Address } from '../address.ts';
import type { Exit, Server, ServerSpec } from '../driver.ts';
import { ServerLog } from '../server-log.ts';
import type { ContainersTarget } from '../target.ts';
import { engineClient } from './engine.ts';
import { isNotFound, removeContainer, singleFileOf } from './engine-helpers.ts';
import { noWait } from './no-wait.ts';
import { addressInside, addressPublished, type Reach } from './reach.ts';

type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

/** On Toxiproxy's own loopback nothing listens here. */
const REFUSING: Address = { host: '127.0.0.1', port: 1 };
const CONFIG_FILE = '/data/redis.conf';
const CONFIG_VARIABLE = 'REDIS_CHAOS_CONFIG';
/**
 * Writes the redis.conf on the first start, then starts the server as the image would. Copying a file
 * into a container costs the engine as much as starting the container.
 */
const START_SCRIPT = [
  `test -f ${CONFIG_FILE} || printenv ${CONFIG_VARIABLE} > ${CONFIG_FILE}`,
  'command -v docker-entrypoint.sh > /dev/null && exec docker-entrypoint.sh "$@"',
  'exec "$@"',
].join('\n');

interface Surroundings {
  readonly network: StartedNetwork;
  readonly labels: Record<string, string>;
  readonly reach: Reach;
  /** Unique in the engine. */
  readonly containerName: string;
}

/** A server in a container of its own. Its data directory lives as long as the container. */
export class ContainerServer implements Server {
  readonly name: string;
  readonly port: number;
  readonly log = new ServerLog();
  readonly #target: ContainersTarget;
  readonly #surroundings: Surroundings;
  #config: string;
  #container: Container | undefined;
  #inside: Address | undefined;
  #outside: Address | undefined;
  #exit: Exit | undefined;
  #paused = false;
  /** Bytes of the container's log that have been read, over all its starts. */
  #logBytesRead = 0;
  #logEnded: Promise<void> = Promise.resolve();

  constructor(spec: ServerSpec, target: ContainersTarget, surroundings: Surroundings) {
    this.name = spec.name;
    this.port = spec.port;
    this.#config = spec.config;
    this.#target = target;
    this.#surroundings = surroundings;
  }

  /**
   * By address, not by name: the name of a container that has ended is looked up outside, which can take
   * longer than a test. While it does not run, connections to it are refused at once.
   */
  get inside(): Address {
    return this.#exit === undefined && this.#inside !== undefined ? this.#inside : REFUSING;
  }

  get outside(): Address {
    if (this.#outside === undefined)
      throw new Error(`${this.name} has no address: it does not run`);
    return this.#outside;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  async start(): Promise<void> {
    await this.#logEnded;
    this.log.begin();
    this.#exit = undefined;
    try {
      if (this.#container === undefined) await this.#create();
      else await this.#container.start();
    } catch (cause) {
      // One that was made and could not be started has no other owner yet.
      if (this.#container === undefined)
        await removeContainer(this.#surroundings.containerName).catch(() => {});
      throw new ChaosError(
        'environment',
        `cannot start ${this.name} from image ${this.#target.image}: ${messageOf(cause)}`,
        { cause },
      );
    }
    await this.#observe();
  }

  async end(signal: 'SIGTERM' | 'SIGKILL', withinMs: number): Promise<void> {
    const container = this.#container;
    if (container === undefined || this.#exit !== undefined) return;
    // SIGTERM is acted upon; SIGKILL must not give a frozen server another moment to run.
    if (this.#paused && signal === 'SIGTERM') await this.resume();
    await container.kill({ signal }).catch((error: { statusCode?: number }) => {
      // 409: it is not running any more.
      if (error.statusCode !== 409) throw error;
    });
    this.#paused = false;
    await until(
      () => this.#exit,
      (exit) => exit !== undefined,
      {
        what: `the container of ${this.name} to end after ${signal}`,
        withinMs,
        verdict: 'environment',
      },
    );
    await this.#logEnded;
  }

  async pause(): Promise<void> {
    await this.#container?.pause();
    this.#paused = true;
  }

  async resume(): Promise<void> {
    await this.#container?.unpause();
    this.#paused = false;
  }

  async loseData(): Promise<void> {
    this.#config = await this.readConfig();
    await this[Symbol.asyncDispose]();
  }

  async readConfig(): Promise<string> {
    if (this.#container === undefined) return this.#config;
    const archive = await this.#container.getArchive({ path: CONFIG_FILE });
    return (await singleFileOf(archive)).toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    this.#paused = false;
    if (container !== undefined) await removeContainer(container.id);
    await this.#logEnded;
    this.#logBytesRead = 0;
  }

  async #create(): Promise<void> {
    const container = new GenericContainer(this.#target.image)
      .withName(this.#surroundings.containerName)
      .withNetworkMode(this.#surroundings.network.getName())
      .withLabels(this.#surroundings.labels)
      .withEnvironment({ [CONFIG_VARIABLE]: this.#config })
      .withCommand(['sh', '-c', START_SCRIPT, 'sh', this.#target.serverCommand, CONFIG_FILE])
      .withWaitStrategy(noWait);
    if (this.#surroundings.reach === 'published') container.withExposedPorts(this.port);
    const started = await container.start();
    this.#container = (await engineClient()).container.getById(started.getId());
  }

  /** Learns the address, which can change with each start, and follows log and end. */
  async #observe(): Promise<void> {
    const container = this.#container;
    if (container === undefined) return;
    const logEnded = this.#followLog(container).catch((error: unknown) => {
      this.log.write(Buffer.from(`the log is lost: ${messageOf(error)}\n`));
    });
    this.#logEnded = logEnded;
    container.wait().then(
      async ({ StatusCode }: { StatusCode: number }) => {
        // The last lines come first.
        await logEnded;
        this.#exit = { code: StatusCode, signal: null };
      },
      (error: unknown) => {
        this.#exit = {
          code: null,
          signal: isNotFound(error) ? 'removed' : `lost: ${messageOf(error)}`,
        };
      },
    );
    const { network, reach } = this.#surroundings;
    const { port } = this;
    this.#inside = await addressInside(container, { network: network.getName(), port });
    this.#outside = reach === 'direct' ? this.#inside : await addressPublished(container, port);
  }

  async #followLog(container: Container): Promise<void> {
    const stream = await container.logs({ follow: true, stdout: true, stderr: true });
    // The engine replays the log of earlier starts: what was read then is passed over.
    let toSkip = this.#logBytesRead;
    const sink = new PassThrough();
    sink.on('data', (chunk: Buffer) => {
      const skipped = Math.min(toSkip, chunk.length);
      toSkip -= skipped;
      if (skipped === chunk.length) return;
      const fresh = chunk.subarray(skipped);
      this.#logBytesRead += fresh.length;
      this.log.write(fresh);
    });
    container.modem.demuxStream(stream, sink, sink);
    await new Promise<void>((resolve) => {
      stream.once('end', resolve);
      stream.once('close', resolve);
      stream.once('error', () => resolve());
    });
  }
}
