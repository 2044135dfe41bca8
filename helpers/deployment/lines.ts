import { StringDecoder } from 'node:string_decoder';

/** Makes lines of output that comes cut anywhere, also within a character. */
export class Lines {
  #decoder = new StringDecoder();
  #partial = '';

  /** The lines that this completes. */
  take(chunk: Buffer): string[] {
    const lines = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = lines.pop() ?? '';
    return lines;
  }

  /** What is left without an end of line: nothing more will come of it. */
  flush(): string {
    const rest = this.#partial + this.#decoder.end();
    this.#decoder = new StringDecoder();
    this.#partial = '';
    return rest;
  }
}
