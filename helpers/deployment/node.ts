import { Redis, type RedisOptions } from 'ioredis';
import { ChaosError } from '../errors.ts';
import type { Link } from '../links/link.ts';
import { attemptsToConnect } from '../observe/attempts.ts';
import { type ClientConnection, clientsOf } from '../observe/clients.ts';
import { type ResyncEvent, resyncEvents } from '../observe/resync.ts';
import { type Role, roleOf } from '../observe/role.ts';
import { type Snapshot, snapshotOf } from '../observe/snapshot.ts';
import type { Timeline } from '../timeline.ts';
import { until } from '../until.ts';
import type { Config } from './config.ts';
import { Control, type Credentials } from './control.ts';
import type { Deployment } from './deployment.ts';
import type { Server } from './driver.ts';

const READY_WITHIN_MS = 20_000;
const END_WITHIN_MS = 20_000;
const COMMAND_TIMEOUT_MS = 10_000;
const LOGGED_WITHIN_MS = 10_000;
const OBSERVE_TIMEOUT_MS = 1_000;

/** ioredis's options, but for the shape of RESP3 replies. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** A server of a deployment: what it says of itself, and what can be done to its process. */
export class Node {
  readonly name: string;
  /** What its redis.conf says beyond the baseline. */
  readonly config: Config;
  readonly server: Server;
  readonly deployment: Deployment;
  /** Clients of the test reach the node through this link. */
  readonly clientLink: Link;
  readonly #timeline: Timeline;
  readonly #control: Control;
  readonly #observer: Control;
  readonly #clients = new Set<Redis>();
  #isPaused = false;
  #credentials: Credentials;

  constructor(deployment: Deployment, server: Server, clientLink: Link, config: Config) {
    this.name = server.name;
    this.config = config;
    this.server = server;
    this.clientLink = clientLink;
    this.deployment = deployment;
    this.#timeline = deployment.timeline;
    this.#credentials = credentialsOf(config);
    const credentials = (): Credentials => this.#credentials;
    const address = (): Server['outside'] => server.outside;
    this.#control = new Control(address, { credentials, commandTimeoutMs: COMMAND_TIMEOUT_MS });
    this.#observer = new Control(address, { credentials, commandTimeoutMs: OBSERVE_TIMEOUT_MS });
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The link on which this replica reaches the upstream its topology gave it. */
  get link(): Link {
    return this.deployment.linkOf(this);
  }

  /** REPLICAOF at run time, through a link of the two nodes' own. */
  replicaOf(upstream: Node): Promise<void> {
    return this.deployment.makeReplica(this, upstream);
  }

  /** REPLICAOF NO ONE. */
  promote(): Promise<void> {
    return this.deployment.makeReplica(this, undefined);
  }

  /** Sends a command past all proxies. Rejects with the server's error, or after 10 s. */
  call(command: string, ...args: readonly (string | Buffer | number)[]): Promise<unknown> {
    return this.#control.call(command, ...args);
  }

  /** As `call`, with the reply's bulk strings as Buffers. */
  readonly callBuffer: Control['callBuffer'] = (command, ...args) =>
    this.#control.callBuffer(command, ...args);

  /** A connection of its own past all proxies, for work that selects databases. */
  dedicated(): Control {
    return new Control(() => this.server.outside, {
      credentials: () => this.#credentials,
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
    });
  }

  /** INFO, typed. Rejects when the node does not answer within 1 s. */
  async snapshot(): Promise<Snapshot> {
    return snapshotOf(await this.info());
  }

  /** The whole reply of INFO. */
  async info(): Promise<string> {
    return String(await this.#observer.call('INFO'));
  }

  /** CONFIG GET *, one directive a line. */
  async effectiveConfig(): Promise<string> {
    const pairs = (await this.#observer.call('CONFIG', 'GET', '*')) as string[];
    const directives = pairs.flatMap((value, index) =>
      index % 2 === 0 ? [`${value} ${pairs[index + 1] || '""'}`] : [],
    );
    return `${directives.sort().join('\n')}\n`;
  }

  async role(): Promise<Role> {
    return roleOf(await this.#observer.call('ROLE'));
  }

  async clientList(): Promise<ClientConnection[]> {
    return clientsOf(String(await this.#observer.call('CLIENT', 'LIST')));
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

  /** When this replica began to connect to its master, by its own clock in milliseconds, in its present start. */
  attemptsToConnect(): number[] {
    const { log } = this.server;
    return attemptsToConnect(log.lines, log.boot);
  }

  /** The synchronizations this node decided as an upstream, over all its starts. */
  resyncsServed(): ResyncEvent[] {
    return resyncEvents(this.server.log.lines);
  }

  /**
   * A client through the node's client link, so that it is cut with it. ioredis's own defaults but for
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
    this.#timeline.record(this.name, 'password changed');
  }

  /** Starts the process and waits until it answers. An answer that says LOADING is one, too. */
  async start(): Promise<void> {
    this.#isPaused = false;
    this.#credentials = credentialsOf(this.config);
    await this.server.start();
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
    this.#timeline.record(this.name, 'started');
  }

  /** SIGTERM, as an orderly shutdown: the server saves if its configuration says so. */
  async stop(): Promise<void> {
    await this.server.end('SIGTERM', END_WITHIN_MS);
    this.#timeline.record(this.name, 'stopped (SIGTERM)');
  }

  /** SIGKILL: nothing is saved, the kernel closes its connections. */
  async kill(): Promise<void> {
    await this.server.end('SIGKILL', END_WITHIN_MS);
    this.#timeline.record(this.name, 'killed (SIGKILL)');
  }

  /** Freezes the process until `resume`: its connections stay open and silent. */
  async pause(): Promise<void> {
    if (this.server.exit !== undefined) {
      throw new ChaosError('misuse', `${this.name} has ended: there is nothing to pause`);
    }
    await this.server.pause();
    this.#isPaused = true;
    this.#timeline.record(this.name, 'paused');
  }

  async resume(): Promise<void> {
    await this.deployment.look(this.name);
    await this.server.resume();
    this.#isPaused = false;
    this.#timeline.record(this.name, 'resumed');
  }

  /** Starts a stopped or killed node again, with the data directory it left or with an empty one. */
  async restart(options: { readonly data: 'kept' | 'lost' }): Promise<void> {
    if (this.server.exit === undefined) {
      throw new ChaosError('misuse', `${this.name} is running: stop or kill it before a restart`);
    }
    if (options.data === 'lost') await this.server.loseData();
    await this.deployment.look(this.name);
    this.#timeline.record(this.name, `restarting, data ${options.data}`);
    await this.start();
  }

  /** Closes connections; the server is the driver's to end. */
  disconnect(): void {
    this.#control[Symbol.dispose]();
    this.#observer[Symbol.dispose]();
    for (const client of this.#clients) client.disconnect();
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
