import { ChaosError, messageOf } from '../../errors.ts';
import { until } from '../../until.ts';
import type { Address } from '../address.ts';
import type { Exit, Server, ServerSpec } from '../driver.ts';
import { ServerLog } from '../server-log.ts';
import type { ServerContainer, Tenant } from './container.ts';
import type { EngineWatch } from './engine-watch.ts';
import type { Pool } from './pool.ts';
import type { Word } from './supervisor.ts';

/** Where a link leads before its upstream has an address: on Toxiproxy's own loopback nothing listens. */
const REFUSING: Address = { host: '127.0.0.1', port: 1 };

interface ContainerSpec extends Pick<ServerSpec, 'name' | 'files' | 'fileBytesMax'> {
  /** Full text of its configuration file, for a server on this port. */
  readonly config: (port: number) => string;
}

/** What a server needs of its container. */
export type Place = Pick<ServerContainer, keyof ServerContainer>;

interface Surroundings {
  /** Says in errors where the server comes from. */
  readonly image: string;
  readonly pool: Pool<Place>;
  readonly watch: EngineWatch;
}

/** A server in a container that it has to itself, and that lives on when the server has ended. */
export class ContainerServer implements Server, Tenant {
  readonly name: string;
  readonly port: number;
  readonly log = new ServerLog();
  readonly #surroundings: Surroundings;
  readonly #config: string;
  readonly #fileBytesMax: number | undefined;
  readonly #files: ServerSpec['files'];
  readonly #container: Place;
  #state: 'new' | 'begun' | 'disposed' = 'new';
  #exit: Exit | undefined;

  /** `config` gets the port, which is the container's. */
  constructor(
    { name, config, files, fileBytesMax }: ContainerSpec,
    container: Place,
    surroundings: Surroundings,
  ) {
    this.name = name;
    this.port = container.port;
    this.#config = config(container.port);
    this.#fileBytesMax = fileBytesMax;
    this.#files = files;
    this.#container = container;
    this.#surroundings = surroundings;
  }

  get inside(): Address {
    return this.#container.addresses.inside ?? REFUSING;
  }

  get outside(): Address {
    this.#surroundings.watch.mustLive(`connect to ${this.name}`);
    const { outside } = this.#container.addresses;
    if (outside === undefined) throw new Error(`${this.name} has no address: it does not run`);
    return outside;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  async start(args: readonly string[]): Promise<void> {
    this.log.begin();
    this.#exit = undefined;
    const attempt = `start ${this.name} from image ${this.#surroundings.image}`;
    const isFirst = this.#state === 'new';
    this.#state = 'begun';
    const birth = {
      config: this.#config,
      files: this.#files,
      args,
      fileBytesMax: this.#fileBytesMax,
    };
    try {
      await this.#withEngine(attempt, () =>
        isFirst ? this.#container.begin(birth, this) : this.#container.start(args),
      );
    } catch (cause) {
      this.lost(messageOf(cause));
      if (this.#surroundings.watch.gone !== undefined) throw cause;
      throw new ChaosError('environment', `cannot ${attempt}: ${messageOf(cause)}`, { cause });
    }
  }

  async end(signal: 'SIGTERM' | 'SIGKILL', withinMs: number): Promise<void> {
    if (this.#state !== 'begun' || this.#exit !== undefined) return;
    await this.#withEngine(`end ${this.name} with ${signal}`, async () => {
      await this.#container.signal(signal);
      await until(
        () => this.#exit,
        (exit) => exit !== undefined,
        { what: `${this.name} to end after ${signal}`, withinMs, verdict: 'environment' },
      );
    });
    // The end of its output passes for the end of a server, and a dead engine ends all output.
    this.#surroundings.watch.mustLive(`end ${this.name} with ${signal}`);
  }

  pause(): Promise<void> {
    return this.#withEngine(`pause ${this.name}`, () => this.#container.pause());
  }

  resume(): Promise<void> {
    return this.#withEngine(`resume ${this.name}`, () => this.#container.resume());
  }

  children(): Promise<readonly number[]> {
    return this.#withEngine(`find what ${this.name} has forked`, () => this.#container.children());
  }

  killChildren(): Promise<readonly number[]> {
    const attempt = `kill what ${this.name} has forked`;
    return this.#withEngine(attempt, () => this.#container.killChildren());
  }

  loseData(): Promise<void> {
    return this.#withEngine(`remove the data of ${this.name}`, () => this.#container.loseData());
  }

  /** Gives the container back as it was before, or removes it if that cannot be had. */
  async [Symbol.asyncDispose](): Promise<void> {
    const state = this.#state;
    this.#state = 'disposed';
    if (state === 'disposed') return;
    const { pool } = this.#surroundings;
    if (state === 'new') {
      pool.giveBack(this.#container);
      return;
    }
    await this.#withEngine(`end ${this.name} for good`, async () => {
      try {
        await this.#container.wipe();
        pool.giveBack(this.#container);
      } catch {
        pool.drop(this.#container);
        await this.#container.remove();
      }
    });
  }

  line(text: string): void {
    this.log.add(text);
  }

  word(word: Word): void {
    if (word.event !== 'ended') return;
    this.#exit = exitOf(word.status);
    this.log.add(`redis-chaos: the server has ended with ${word.status}`);
  }

  /** Without its output, nothing is known of a server any more. */
  lost(reason: string): void {
    this.#exit ??= { code: null, signal: `lost: ${reason}` };
  }

  #withEngine<T>(attempt: string, work: () => Promise<T>): Promise<T> {
    return this.#surroundings.watch.during(attempt, work);
  }
}

/** From a shell's status: an exit code, or 128 and the number of the signal. */
function exitOf(status: number): Exit {
  if (status <= 128) return { code: status, signal: null };
  const names: Record<number, string> = { 9: 'SIGKILL', 15: 'SIGTERM' };
  return { code: null, signal: names[status - 128] ?? `signal ${status - 128}` };
}
