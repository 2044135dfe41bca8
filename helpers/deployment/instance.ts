import { Redis, type RedisOptions } from 'ioredis';
import { ChaosError } from '../errors.ts';
import type { Link } from '../links/link.ts';
import { until } from '../until.ts';
import type { Address } from './address.ts';
import type { Config } from './config.ts';
import { Control, type Credentials } from './control.ts';
import type { Deployment } from './deployment.ts';
import type { Server } from './driver.ts';

const READY_WITHIN_MS = 20_000;
const END_WITHIN_MS = 20_000;
const COMMAND_TIMEOUT_MS = 10_000;
const LOGGED_WITHIN_MS = 10_000;
/** A server that shares its cores with dozens may be silent for a second, and well. */
const OBSERVE_TIMEOUT_MS = 5_000;

/** ioredis's options, but for the shape of RESP3 replies. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** What a server is to its deployment. */
export interface Surroundings {
  /** What its configuration says beyond the baseline. */
  readonly config: Config;
  readonly tls?: NonNullable<Address['tls']>;
  /** Who the test is to it. Default: whoever has the `requirepass` of `config`. */
  readonly login?: Credentials | undefined;
  /** The address that it tells others; absent: it tells its port alone. */
  readonly announced?: Address | undefined;
  /** What its command line says at every start. */
  readonly args?: readonly string[];
  /** Clients of the test reach the server through this link. */
  readonly clientLink: Link;
}

/** A server of a deployment: what can be asked of it, and done to its process. */
export class Instance {
  readonly deployment: Deployment;
  readonly name: string;
  readonly config: Config;
  readonly server: Server;
  readonly clientLink: Link;
  readonly #surroundings: Surroundings;
  readonly #control: Control;
  readonly #observer: Control;
  readonly #clients = new Set<Redis>();
  #isPaused = false;
  #credentials: Credentials;

  constructor(deployment: Deployment, server: Server, surroundings: Surroundings) {
    this.deployment = deployment;
    this.name = server.name;
    this.config = surroundings.config;
    this.server = server;
    this.clientLink = surroundings.clientLink;
    this.#surroundings = surroundings;
    this.#credentials = surroundings.login ?? credentialsOf(this.config);
    const credentials = (): Credentials => this.#credentials;
    const address = (): Address => this.address;
    this.#control = new Control(address, { credentials, commandTimeoutMs: COMMAND_TIMEOUT_MS });
    this.#observer = new Control(address, { credentials, commandTimeoutMs: OBSERVE_TIMEOUT_MS });
  }

  /** How the test process reaches it past all proxies. Known once it has started. */
  get address(): Address {
    const { tls } = this.#surroundings;
    return { ...this.server.outside, ...(tls && { tls }) };
  }

  /** The address that it tells others; undefined if it tells them its port alone. */
  get announced(): Address | undefined {
    return this.#surroundings.announced;
  }

  /** The port that others know it by. */
  get port(): number {
    return this.announced?.port ?? this.server.port;
  }

  /** What it is told by where it is printed: its name. */
  toJSON(): string {
    return this.name;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Sends a command past all proxies. Rejects with the server's error, or after 10 s. */
  call(command: string, ...args: readonly (string | Buffer | number)[]): Promise<unknown> {
    return this.#control.call(command, ...args);
  }

  /** As `call`, with the reply's bulk strings as Buffers. */
  readonly callBuffer: Control['callBuffer'] = (command, ...args) =>
    this.#control.callBuffer(command, ...args);

  /** A connection of its own past all proxies, for work that selects databases, or must not wait long. */
  dedicated({ commandTimeoutMs = COMMAND_TIMEOUT_MS } = {}): Control {
    return new Control(() => this.address, {
      credentials: () => this.#credentials,
      commandTimeoutMs,
    });
  }

  /** As `call`, for looks: rejects when the server does not answer within 5 s. */
  observe(command: string, ...args: readonly string[]): Promise<unknown> {
    return this.#observer.call(command, ...args);
  }

  /** The whole reply of INFO. */
  async info(): Promise<string> {
    return String(await this.observe('INFO'));
  }

  /** Waits until the server has logged a line that matches, in its present start. */
  async logged(pattern: RegExp, withinMs = LOGGED_WITHIN_MS): Promise<void> {
    const { log } = this.server;
    await until(
      () => log.lines.findLast(({ boot }) => boot === log.boot)?.text,
      () => log.lines.some(({ boot, text }) => boot === log.boot && pattern.test(text)),
      { what: `${this.name} to log ${pattern}`, withinMs },
    );
  }

  /**
   * A client through the client link, so that it is cut with it. ioredis's own defaults but for
   * what `options` says; closed with the deployment.
   */
  connect(options: ClientOptions = {}): Redis {
    const whole: ClientOptions = {
      ...this.clientLink.outside,
      ...this.#credentials,
      ...options,
    };
    const client = new Redis(whole);
    client.on('error', () => {
      // Connection errors are what these tests cause; commands report them to their callers.
    });
    this.#clients.add(client);
    return client;
  }

  /** Changes requirepass, and what new connections of the test log in with. A restart undoes both. */
  async changePassword(password: string): Promise<void> {
    await this.call('CONFIG', 'SET', 'requirepass', password);
    this.#credentials = { password };
    this.deployment.timeline.record(this.name, 'password changed');
  }

  /** Starts the process and waits until it answers. An answer that says LOADING is one, too. */
  async start(args: readonly string[] = []): Promise<void> {
    this.#isPaused = false;
    this.#credentials = this.#surroundings.login ?? credentialsOf(this.config);
    await this.server.start([...(this.#surroundings.args ?? []), ...args]);
    // What the process before has forked may live on and hold the connections to it open, and silent.
    this.#hangUp();
    await this.deployment.retarget(this);
    await until(
      () => this.#exitOrAnswer(),
      () => true,
      {
        what: `${this.name} to answer PING`,
        withinMs: READY_WITHIN_MS,
        verdict: 'environment',
      },
    );
    this.deployment.timeline.record(this.name, 'started');
  }

  /** SIGTERM, as an orderly shutdown: the server saves if its configuration says so. */
  async stop(): Promise<void> {
    await this.server.end('SIGTERM', END_WITHIN_MS);
    this.deployment.timeline.record(this.name, 'stopped (SIGTERM)');
  }

  /**
   * SIGKILL: nothing is saved, the kernel closes its connections; all but those that a process which it has forked
   * holds open until it ends, too. See `children`.
   */
  async kill(): Promise<void> {
    await this.server.end('SIGKILL', END_WITHIN_MS);
    this.deployment.timeline.record(this.name, 'killed (SIGKILL)');
  }

  /** Freezes the process until `resume`: its connections stay open and silent. */
  async pause(): Promise<void> {
    if (this.server.exit !== undefined) {
      throw new ChaosError('misuse', `${this.name} has ended: there is nothing to pause`);
    }
    await this.server.pause();
    this.#isPaused = true;
    this.deployment.timeline.record(this.name, 'paused');
  }

  async resume(): Promise<void> {
    await this.deployment.look();
    await this.server.resume();
    this.#isPaused = false;
    this.deployment.timeline.record(this.name, 'resumed');
  }

  /** How many processes the server has forked that still run, also after its own end: RDBs are made by one. */
  async children(): Promise<number> {
    return (await this.server.children()).length;
  }

  /** SIGKILL to what the server has forked, not to itself. */
  async killChildren(): Promise<void> {
    const { length } = await this.server.killChildren();
    if (length === 0) {
      throw new ChaosError(
        'inconclusive',
        `${this.name} has forked nothing that runs: none to kill`,
      );
    }
    this.deployment.timeline.record(this.name, `child processes killed (SIGKILL): ${length}`);
  }

  /**
   * Starts a stopped or killed server again, with the data directory it left or with an empty one. `args` are words of the
   * command line after the redis.conf, of this start alone: `['--port', '7001']`. None is empty or has a newline.
   */
  async restart(options: {
    readonly data: 'kept' | 'lost';
    readonly args?: readonly string[];
  }): Promise<void> {
    if (this.server.exit === undefined) {
      throw new ChaosError('misuse', `${this.name} is running: stop or kill it before a restart`);
    }
    if (options.data === 'lost') await this.server.loseData();
    await this.deployment.look();
    const { data, args = [] } = options;
    this.deployment.timeline.record(this.name, ['restarting, data', data, ...args].join(' '));
    await this.start(args);
  }

  /** Closes connections; the server is the driver's to end. */
  disconnect(): void {
    this.#hangUp();
    for (const client of this.#clients) client.disconnect();
  }

  #hangUp(): void {
    this.#control[Symbol.dispose]();
    this.#observer[Symbol.dispose]();
  }

  async #exitOrAnswer(): Promise<void> {
    const { exit } = this.server;
    if (exit !== undefined) {
      throw new ChaosError(
        'environment',
        `${this.name} ended before it answered (${exit.signal ?? `exit code ${exit.code}`}). It said:\n${this.server.log.tail(10)}`,
      );
    }
    try {
      await this.#observer.call('PING');
    } catch (thrown) {
      // An error reply is an answer; a connection error is none.
      if ((thrown as Error).name !== 'ReplyError') throw thrown;
    }
  }
}

function credentialsOf(config: Config): Credentials {
  const password = config['requirepass'];
  return typeof password === 'string' && password !== '' ? { password } : {};
}
