import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import { until } from '../../until.ts';
import type { Exit } from '../driver.ts';

/** How long the last lines of a process that has ended may take to be read. */
const OUTPUT_WITHIN_MS = 500;
const FROZEN_WITHIN_MS = 10_000;

/** A child process whose output goes to a sink and whose end is remembered. */
export class Child {
  readonly #command: string;
  readonly #process: ChildProcess;
  #exit: Exit | undefined;

  private constructor(command: string, child: ChildProcess) {
    this.#command = command;
    this.#process = child;
    const outputEnded = once(child, 'close');
    child.once('exit', async (code, signal) => {
      // The last lines come first; a child of its own that saves an RDB can hold the output open for long.
      await Promise.race([outputEnded, pause(OUTPUT_WITHIN_MS)]);
      this.#exit = { code, signal };
    });
  }

  static async start(
    command: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly output: (chunk: Buffer) => void },
  ): Promise<Child> {
    const child = spawn(command, args, {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in a terminal is for us: servers that it ends at once would look like ones that crashed.
      detached: true,
    });
    child.stdout.on('data', options.output);
    child.stderr.on('data', options.output);
    const started = new Child(command, child);
    child.on('error', () => {
      // A failed spawn is reported below; a signal to a process that is gone needs no report.
    });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      throw new ChaosError('environment', `cannot start ${command}: ${(cause as Error).message}`, {
        cause,
      });
    }
    return started;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /**
   * SIGSTOP. Done when the kernel says that the process is stopped, where it can be asked: a SIGCONT that came
   * before would undo it.
   */
  async freeze(): Promise<void> {
    this.signal('SIGSTOP');
    if (!existsSync('/proc/self/stat')) return;
    await until(
      () => (this.exit === undefined ? stateOf(this.pid) : 'ended'),
      (state) => state === 'T' || state === 'ended',
      {
        what: `${this.#command} (process ${this.pid}) to be stopped`,
        withinMs: FROZEN_WITHIN_MS,
        verdict: 'environment',
      },
    );
  }

  /** Sends a signal and waits for the end. A process that is gone already is no error. */
  async end(signal: NodeJS.Signals, withinMs: number): Promise<void> {
    this.signal(signal);
    // A paused process does not act on a signal until it is let go on.
    if (signal !== 'SIGKILL') this.signal('SIGCONT');
    await until(
      () => this.#exit,
      (exit) => exit !== undefined,
      {
        what: `${this.#command} (process ${this.#process.pid}) to end after ${signal}`,
        withinMs,
        verdict: 'environment',
      },
    );
  }
}

/** A letter: proc(5). It stands behind the name, which is in parentheses and may hold some. */
export async function stateOf(pid: number | string | undefined): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2)[0];
}
