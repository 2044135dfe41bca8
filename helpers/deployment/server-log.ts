import { type LogLine, parseLogLine } from '../observe/log.ts';
import { now } from '../timeline.ts';
import { Lines } from './lines.ts';

/** Everything a server has written, over all its starts. */
export class ServerLog {
  readonly lines: LogLine[] = [];
  boot = 0;
  readonly #output = new Lines();

  /** A new start of the process: an unfinished line of the one before is complete as it stands. */
  begin(): void {
    this.add(this.#output.flush());
    this.boot += 1;
  }

  /** Takes output as it comes, cut anywhere. */
  write(chunk: Buffer): void {
    for (const line of this.#output.take(chunk)) this.add(line);
  }

  /** Takes a whole line. Empty ones do not count. */
  add(line: string): void {
    const trimmed = line.replace(/\r$/, '');
    if (trimmed !== '') this.lines.push(parseLogLine(trimmed, this.boot, now()));
  }

  /** The last lines as text, for messages. */
  tail(count: number): string {
    return this.lines
      .slice(-count)
      .map(({ text }) => text)
      .join('\n');
  }
}
