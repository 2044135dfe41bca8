import { type LogLine, parseLogLine } from '../observe/log.ts';
import { now } from '../timeline.ts';
import { Lines } from './lines.ts';

/**
 * A signal handler writes its line piece by piece: what the server logs meanwhile stands within it. Captures the piece before,
 * and the line with its own beginning: process, role and date.
 */
const WITHIN_A_HANDLERS_LINE =
  /^(\d+:signal-handler \(.*?)(\d+:[A-Z] \d{1,2} [A-Z][a-z]{2} \d{4} .*)$/;

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
    const [, ...pieces] = WITHIN_A_HANDLERS_LINE.exec(trimmed) ?? ['', trimmed];
    for (const piece of pieces) {
      if (piece !== '') this.lines.push(parseLogLine(piece, this.boot, now()));
    }
  }

  /** The last lines as text, for messages. */
  tail(count: number): string {
    return this.lines
      .slice(-count)
      .map(({ text }) => text)
      .join('\n');
  }
}
