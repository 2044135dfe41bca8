import { PassThrough } from 'node:stream';
import { type ContainerRuntimeClient, GenericContainer, type StartedNetwork } from 'testcontainers';
import { ChaosError, messageOf } from '../../errors.ts';
import { until } from '../../until.ts';
import type { Address } from '../address.ts';
import type { Exit, Server, ServerSpec } from '../driver.ts';
import { ServerLog } from '../server-log.ts';
import type { ContainersTarget } from '../target.ts';
import { engineClient } from './engine.ts';
import { execIn, removeContainer } from './engine-helpers.ts';
import type { EngineWatch } from './engine-watch.ts';
import { noWait } from './no-wait.ts';
import { addressInside, addressPublished, type Reach } from './reach.ts';
import { endedStatus, SIGNALS, supervisorScript } from './supervisor.ts';

type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

const DATA_FOLDER = '/data';
const CONFIG_FILE = `${DATA_FOLDER}/redis.conf`;
const CONFIG_VARIABLE = 'REDIS_CHAOS_CONFIG';
/** Where a link leads before its upstream has an address: on Toxiproxy's own loopback nothing listens. */
const REFUSING: Address = { host: '127.0.0.1', port: 1 };

interface Surroundings {
  readonly network: StartedNetwork;
  readonly labels: Record<string, string>;
  readonly reach: Reach;
  readonly watch: EngineWatch;
  /** Unique in the engine. */
  readonly containerName: string;
}

/** A server in a container of its own, which lives on when the server has ended. */
export class ContainerServer implements Server {
  readonly name: string;
  readonly port: number;
  readonly log = new ServerLog();
  readonly #target: ContainersTarget;
  readonly #surroundings: Surroundings;
  readonly #config: string;
  #container: Container | undefined;
  #inside: Address = REFUSING;
  #outside: Address | undefined;
  #exit: Exit | undefined;
  #paused = false;

  constructor(spec: ServerSpec, target: ContainersTarget, surroundings: Surroundings) {
    this.name = spec.name;
    this.port = spec.port;
    this.#config = spec.config;
    this.#target = target;
    this.#surroundings = surroundings;
  }

  get inside(): Address {
    return this.#inside;
  }

  get outside(): Address {
    this.#surroundings.watch.mustLive(`connect to ${this.name}`);
    if (this.#outside === undefined)
      throw new Error(`${this.name} has no address: it does not run`);
    return this.#outside;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  async start(): Promise<void> {
    this.log.begin();
    this.#exit = undefined;
    const { image } = this.#target;
    try {
      await this.#withEngine(`start ${this.name} from image ${image}`, async () => {
        if (this.#container === undefined) await this.#create();
        else await this.#container.kill({ signal: SIGNALS.start });
      });
    } catch (cause) {
      if (this.#surroundings.watch.gone !== undefined) throw cause;
      throw new ChaosError(
        'environment',
        `cannot start ${this.name} from image ${image}: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  async end(signal: 'SIGTERM' | 'SIGKILL', withinMs: number): Promise<void> {
    const container = this.#container;
    if (container === undefined || this.#exit !== undefined) return;
    await this.#withEngine(`end ${this.name} with ${signal}`, async () => {
      // The supervisor is frozen with its server: the signal waits for both, and comes first when they go on.
      await container.kill({ signal: SIGNALS[signal] });
      if (this.#paused) {
        // Some engines let a container go on by themselves when it is sent a signal.
        await container.unpause().catch(() => {});
        this.#paused = false;
      }
      await until(
        () => this.#exit,
        (exit) => exit !== undefined,
        { what: `${this.name} to end after ${signal}`, withinMs, verdict: 'environment' },
      );
    });
    // The end of its log passes for the end of a server, and a dead engine ends all logs.
    this.#surroundings.watch.mustLive(`end ${this.name} with ${signal}`);
  }

  async pause(): Promise<void> {
    await this.#withEngine(`pause ${this.name}`, async () => this.#container?.pause());
    this.#paused = true;
  }

  async resume(): Promise<void> {
    await this.#withEngine(`resume ${this.name}`, async () => this.#container?.unpause());
    this.#paused = false;
  }

  async loseData(): Promise<void> {
    const container = this.#container;
    if (container === undefined) return;
    const others = ['-mindepth', '1', '!', '-path', CONFIG_FILE];
    await this.#withEngine(`remove the data of ${this.name}`, () =>
      execIn(container, ['find', DATA_FOLDER, ...others, '-delete']),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const container = this.#container;
    this.#container = undefined;
    if (container === undefined) return;
    await this.#withEngine(`remove ${this.name}`, () => removeContainer(container.id));
  }

  #withEngine<T>(attempt: string, work: () => Promise<T>): Promise<T> {
    return this.#surroundings.watch.during(attempt, work);
  }

  async #create(): Promise<void> {
    const { network, labels, reach, containerName } = this.#surroundings;
    const { image, serverCommand } = this.#target;
    const script = supervisorScript(CONFIG_VARIABLE, CONFIG_FILE);
    const container = new GenericContainer(image)
      .withName(containerName)
      .withNetworkMode(network.getName())
      .withLabels(labels)
      .withEnvironment({ [CONFIG_VARIABLE]: this.#config })
      .withEntrypoint(['sh', '-c', script, 'sh'])
      .withCommand([serverCommand, CONFIG_FILE])
      .withWaitStrategy(noWait);
    if (reach === 'published') container.withExposedPorts(this.port);
    try {
      const started = await container.start();
      this.#container = (await engineClient()).container.getById(started.getId());
    } catch (thrown) {
      // One that was made and could not be started has no other owner yet.
      await removeContainer(containerName).catch(() => {});
      throw thrown;
    }
    const { port } = this;
    this.#followLog(this.#container).catch((thrown: unknown) => this.#lost(messageOf(thrown)));
    const inside = await addressInside(this.#container, { network: network.getName(), port });
    this.#inside = inside ?? REFUSING;
    this.#outside = reach === 'direct' ? inside : await addressPublished(this.#container, port);
  }

  /** Reads the log until the container is gone. The supervisor's lines in it tell of the server's ends. */
  async #followLog(container: Container): Promise<void> {
    const stream = await container.logs({ follow: true, stdout: true, stderr: true });
    const sink = new PassThrough();
    sink.on('data', (chunk: Buffer) => {
      this.log.write(chunk);
      const last = this.log.lines.at(-1);
      const status = last?.boot === this.log.boot ? endedStatus(last.text) : undefined;
      if (status !== undefined) this.#exit = exitOf(status);
    });
    container.modem.demuxStream(stream, sink, sink);
    stream.once('error', (error) => this.#lost(messageOf(error)));
    stream.once('end', () => this.#lost('the container has ended'));
  }

  /** Without its log, nothing is known of a server any more. */
  #lost(reason: string): void {
    if (this.#container !== undefined) this.#exit ??= { code: null, signal: `lost: ${reason}` };
  }
}

/** From a shell's status: an exit code, or 128 and the number of the signal. */
function exitOf(status: number): Exit {
  if (status <= 128) return { code: status, signal: null };
  const names: Record<number, string> = { 9: 'SIGKILL', 15: 'SIGTERM' };
  return { code: null, signal: names[status - 128] ?? `signal ${status - 128}` };
}
