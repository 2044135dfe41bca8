import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { ChaosError, messageOf } from '../errors.ts';
import { makeFolder } from './disk.ts';
import type { EndLine, Entry, HeadLine } from './journal-lines.ts';

/** The journal's name in the folder of a run. */
export const JOURNAL_FILE = 'record.jsonl';

/** Writes what comes to be in a run as lines of JSON, each as it comes: a run that dies leaves what it saw. */
export class Journal {
  readonly #output: Writable;
  readonly #where: string;
  #lines = 0;
  #failure: ChaosError | undefined;

  constructor(output: Writable, where: string) {
    this.#output = output;
    this.#where = where;
    output.on('error', (thrown) => {
      this.#failure ??= new ChaosError(
        'environment',
        `cannot write ${where}: ${messageOf(thrown)}; what was recorded before is kept there`,
        { cause: thrown },
      );
    });
  }

  /** Begins a journal in a folder, which is made. Rejects where there is one already: it is some run's evidence. */
  static async open(folder: string): Promise<Journal> {
    const file = join(folder, JOURNAL_FILE);
    try {
      await makeFolder(folder);
      const output = createWriteStream(file, { flags: 'wx' });
      await once(output, 'open');
      return new Journal(output, file);
    } catch (thrown) {
      const isThere = (thrown as NodeJS.ErrnoException).code === 'EEXIST';
      throw new ChaosError(
        isThere ? 'misuse' : 'environment',
        isThere
          ? `${file} is the record of a run already: name another folder`
          : `cannot begin ${file}: ${messageOf(thrown)}`,
        { cause: thrown },
      );
    }
  }

  /** Why nothing is written any more. The first reason; undefined while all is well. */
  get failure(): ChaosError | undefined {
    return this.#failure;
  }

  write(line: HeadLine | Entry | EndLine): void {
    if (this.#failure !== undefined) return;
    this.#output.write(`${JSON.stringify(line)}\n`);
    this.#lines += 1;
  }

  /** Writes how much it holds, and waits until all is on the disk, or cannot be. */
  async end(): Promise<void> {
    if (this.#failure !== undefined || this.#output.destroyed) return;
    this.write({ type: 'end', lines: this.#lines });
    const closed = once(this.#output, 'close').catch(() => {
      // The failure is kept.
    });
    this.#output.end();
    await closed;
  }

  /** Takes back one that tells of nothing, and its folder if nothing else is in there. */
  async discard(): Promise<void> {
    await this.end();
    await rm(this.#where, { force: true });
    await rmdir(dirname(this.#where)).catch(() => {
      // It holds something else.
    });
  }

  /** The file. */
  get where(): string {
    return this.#where;
  }
}
