import { StringDecoder } from 'node:string_decoder';
import { type LogLine, parseLogLine } from '../observe/log.ts';
import { now } from '../timeline.ts';

/** Everything a server has written, over all its starts. */
export class ServerLog {
  readonly lines: LogLine[] = [];
  boot = 0;
  #decoder = new StringDecoder();
  #partial = '';

  /** A new start of the process: an unfinished line of the one before is complete as it stands. */
  begin(): void {
    this.#flush();
    this.boot += 1;
  }

  /** Takes output as it comes, cut anywhere. */
  write(chunk: Buffer): void {
    const lines = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#add(line);
  }

  /** The last lines as text, for messages. */
  tail(count: number): string {
    return this.lines
      .slice(-count)
      .map(({ text }) => text)
      .join('\n');
  }

  #flush(): void {
    const rest = this.#partial + this.#decoder.end();
    this.#decoder = new StringDecoder();
    this.#partial = '';
    if (rest !== '') this.#add(rest);
  }

  #add(line: string): void {
    const trimmed = line.replace(/\r$/, '');
    if (trimmed !== '') this.lines.push(parseLogLine(trimmed, this.boot, now()));
  }
}
