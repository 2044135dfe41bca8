import { PassThrough } from 'node:stream';
import { type ContainerRuntimeClient, GenericContainer } from 'testcontainers';
import { ChaosError, messageOf } from '../../errors.ts';
import { until } from '../../until.ts';
import type { Address } from '../address.ts';
import { Lines } from '../lines.ts';
import type { ServerInContainer } from '../target.ts';
import { engineClient } from './engine.ts';
import { removeContainer } from './engine-helpers.ts';
import { type LifeListener, Lives } from './lives.ts';
import { noWait } from './no-wait.ts';
import { addressInside, addressPublished, type Reach } from './reach.ts';
import { commands, type EventOfLife, supervisorScript, type Word, wordOf } from './supervisor.ts';

type Handle = ReturnType<ContainerRuntimeClient['container']['getById']>;

const DATA_FOLDER = '/data';
const CONFIG_FILE = `${DATA_FOLDER}/redis.conf`;
const SCRATCH = ['/tmp', '/var/tmp', '/dev/shm'];
const DONE_WITHIN_MS = 20_000;

/** What a container gets for as long as it lives. */
export interface ContainerPlan {
  readonly server: ServerInContainer;
  /** Unique in the engine. */
  readonly name: string;
  readonly network: string;
  readonly labels: Record<string, string>;
  readonly reach: Reach;
  /** Of the servers in it; published where that is how servers are reached. */
  readonly port: number;
}

/** What a life begins with. */
export interface Birth {
  readonly config: string;
  /** Texts of files in the data folder, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Words of the command line after the redis.conf. */
  readonly args: readonly string[];
  /** The longest that a file of the server may be, in bytes. Absent: no limit. */
  readonly fileBytesMax?: number | undefined;
}

/** The server that a container is for during a life. */
export interface Tenant extends LifeListener {
  /** Nothing is known of the container any more. */
  lost(reason: string): void;
}

/** Opens the standard input, which Testcontainers has no option for. */
class SpokenToContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.createOpts.OpenStdin = true;
  }
}

/** A container for one server after another; it is made for the first of them. */
export class ServerContainer {
  readonly port: number;
  readonly #plan: ContainerPlan;
  readonly #lives = new Lives();
  #handle: Handle | undefined;
  #channel: NodeJS.ReadWriteStream | undefined;
  #lost: string | undefined;
  #listener: Tenant | undefined;
  #done: Word | undefined;
  #addresses: { readonly inside?: Address; readonly outside?: Address } = {};
  #count = 0;
  /** The commands that write the files of the present life. */
  #files = '';

  constructor(plan: ContainerPlan) {
    this.#plan = plan;
    this.port = plan.port;
  }

  /** How Toxiproxy and the test process reach a server in it. None before the first life. */
  get addresses(): { readonly inside?: Address; readonly outside?: Address } {
    return this.#addresses;
  }

  /** Begins a life: writes files, starts a server with them. `listener` gets what it writes. */
  async begin({ config, files, args, fileBytesMax }: Birth, listener: Tenant): Promise<void> {
    if (this.#handle === undefined) await this.#create();
    this.#count += 1;
    this.#listener = listener;
    this.#lives.expect(this.#life, listener);
    this.#files = Object.entries(files)
      .map(([name, text]) => commands.file(this.#life, name, text))
      .join('');
    await this.#tell(`${this.#files}${commands.begin(this.#life, config, args, fileBytesMax)}`);
  }

  start(args: readonly string[]): Promise<void> {
    return this.#tell(commands.start(this.#life, args));
  }

  /** To the server. One that is paused goes on at once, to act on it. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    return this.#tell(commands.signal(signal));
  }

  /**
   * By signal, not by the engine: freezing a container can fail on a busy machine, and takes longer. Done
   * when the kernel says that the server is stopped.
   */
  async pause(): Promise<void> {
    await this.#tellAndWait(commands.pause(this.#life), 'paused');
  }

  async resume(): Promise<void> {
    await this.#tellAndWait(commands.resume(this.#life), 'resumed');
  }

  /** Process IDs, in the container, of what the server has forked and that runs. */
  children(): Promise<readonly number[]> {
    return this.#pids(commands.children(this.#life));
  }

  killChildren(): Promise<readonly number[]> {
    return this.#pids(commands.killChildren(this.#life));
  }

  /** Removes the data but for the redis.conf and the files given. Only while no server runs. */
  async loseData(): Promise<void> {
    await this.#tellAndWait(`${commands.loseData(this.#life)}${this.#files}`, 'data-lost');
  }

  /**
   * Ends the life: kills what runs, removes what it wrote. Rejects when that is not confirmed: nothing
   * must begin in this container any more then.
   */
  async wipe(): Promise<void> {
    if (this.#handle === undefined) throw new Error('the container was never made');
    this.#listener = undefined;
    await this.#tellAndWait(commands.wipe(this.#life), 'wiped');
    this.#lives.forget();
  }

  async remove(): Promise<void> {
    this.#listener = undefined;
    // By name: also one whose making was not seen to its end.
    await removeContainer(this.#handle?.id ?? this.#plan.name);
  }

  /** Names the present life, in this container only. No line of a redis.conf looks like it. */
  get #life(): string {
    return `life-${this.#count}`;
  }

  async #create(): Promise<void> {
    const { server, name, network, labels, reach, port } = this.#plan;
    const places = { configFile: CONFIG_FILE, dataFolder: DATA_FOLDER, scratch: SCRATCH };
    const container = new SpokenToContainer(server.image)
      .withName(name)
      .withNetworkMode(network)
      .withLabels(labels)
      .withEntrypoint(['sh', '-c', supervisorScript(places), 'sh'])
      .withCommand([...server.command, CONFIG_FILE])
      .withCopyDirectoriesToContainer([...(server.copies ?? [])])
      .withWaitStrategy(noWait);
    if (reach === 'published') container.withExposedPorts(port);
    const started = await container.start();
    const handle = (await engineClient()).container.getById(started.getId());
    const channel = await handle.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
    });
    this.#listen(channel, (sink) => handle.modem.demuxStream(channel, sink, sink));
    const inside = await addressInside(handle, { network, port });
    const outside = reach === 'direct' ? inside : await addressPublished(handle, port);
    this.#addresses = { ...(inside && { inside }), ...(outside && { outside }) };
    this.#channel = channel;
    this.#handle = handle;
  }

  /** Reads what the supervisor and its server write, until the container is gone. */
  #listen(channel: NodeJS.ReadWriteStream, demux: (sink: PassThrough) => void): void {
    const lines = new Lines();
    const sink = new PassThrough();
    sink.on('data', (chunk: Buffer) => {
      for (const line of lines.take(chunk)) {
        const word = wordOf(line);
        if (word !== undefined) this.#done = word;
        this.#lives.take(line);
      }
    });
    demux(sink);
    const lost = (reason: string): void => {
      this.#lost ??= reason;
      this.#listener?.lost(reason);
    };
    channel.on('error', (error) => lost(messageOf(error)));
    channel.once('end', () => lost('the container has ended'));
    channel.once('close', () => lost('the container has ended'));
  }

  async #tell(command: string): Promise<void> {
    const channel = this.#channel;
    if (channel === undefined) throw new Error('the container was never made');
    if (this.#lost !== undefined) throw new Error(this.#lost);
    await new Promise<void>((resolve, reject) => {
      channel.write(command, (error) => (error ? reject(error) : resolve()));
    });
  }

  async #pids(command: string): Promise<readonly number[]> {
    const word = await this.#tellAndWait(command, 'children');
    return word?.event === 'children' ? word.pids : [];
  }

  async #tellAndWait(command: string, event: EventOfLife | 'children'): Promise<Word | undefined> {
    this.#done = undefined;
    await this.#tell(command);
    return until(
      () => {
        if (this.#lost !== undefined) throw new ChaosError('environment', this.#lost);
        return this.#done;
      },
      (word) =>
        word !== undefined && word.event === event && 'life' in word && word.life === this.#life,
      {
        what: `${this.#plan.name} to say ${event}`,
        withinMs: DONE_WITHIN_MS,
        verdict: 'environment',
      },
    );
  }
}
