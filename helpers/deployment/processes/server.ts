import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '../address.ts';
import type { Exit, Server, ServerSpec } from '../driver.ts';
import { ServerLog } from '../server-log.ts';
import { processesIn } from '../session/processes-in.ts';
import type { ServerProgram } from '../target.ts';
import { Child } from './child.ts';

interface ProcessSpec {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Full text of its redis.conf. */
  readonly config: string;
  readonly files: ServerSpec['files'];
}

/** A server as a child process on loopback. */
export class ProcessServer implements Server {
  readonly name: string;
  readonly port: number;
  readonly log = new ServerLog();
  readonly inside: Address;
  readonly outside: Address;
  readonly #command: ServerProgram['command'];
  readonly #folder: string;
  readonly #files: ServerSpec['files'];
  #child: Child | undefined;

  private constructor(
    command: ServerProgram['command'],
    folder: string,
    { name, host, port, files }: ProcessSpec,
  ) {
    this.name = name;
    this.port = port;
    this.inside = { host, port };
    this.outside = this.inside;
    this.#command = command;
    this.#folder = folder;
    this.#files = files;
  }

  static async create(
    command: ServerProgram['command'],
    folder: string,
    spec: ProcessSpec,
  ): Promise<Server> {
    const server = new ProcessServer(command, folder, spec);
    await mkdir(folder, { recursive: true });
    await writeFile(server.#configFile, spec.config);
    await server.#makeDataFolder();
    return server;
  }

  get #dataFolder(): string {
    return join(this.#folder, 'data');
  }

  get #configFile(): string {
    return join(this.#folder, 'redis.conf');
  }

  get exit(): Exit | undefined {
    return this.#child?.exit;
  }

  async start(args: readonly string[]): Promise<void> {
    this.log.begin();
    const [program, ...before] = this.#command;
    this.#child = await Child.start(program, [...before, this.#configFile, ...args], {
      cwd: this.#dataFolder,
      output: (chunk) => this.log.write(chunk),
    });
  }

  async end(signal: 'SIGTERM' | 'SIGKILL', withinMs: number): Promise<void> {
    await this.#child?.end(signal, withinMs);
  }

  async pause(): Promise<void> {
    await this.#child?.freeze();
  }

  resume(): Promise<void> {
    this.#child?.signal('SIGCONT');
    return Promise.resolve();
  }

  async children(): Promise<readonly number[]> {
    const inside = await processesIn(this.#folder);
    return inside.filter((pid) => pid !== this.#child?.pid);
  }

  async killChildren(): Promise<readonly number[]> {
    const pids = await this.children();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    return pids;
  }

  async loseData(): Promise<void> {
    await rm(this.#dataFolder, { recursive: true, force: true });
    await this.#makeDataFolder();
  }

  async #makeDataFolder(): Promise<void> {
    await mkdir(this.#dataFolder);
    for (const [name, text] of Object.entries(this.#files)) {
      await writeFile(join(this.#dataFolder, name), text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL', 10_000);
    // Its own children, too: a killed server does not take the one that saves an RDB along.
    await this.killChildren();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
