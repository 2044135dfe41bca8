import type { Chunk, Ending } from '../chunk.ts';
import { forkRandom } from '../random.ts';
import { type Outlet, Stage } from '../stage.ts';
import type { Toxic } from '../toxic.ts';
import { readToxic, type ToxicSpec } from '../toxic-list.ts';

/** The end of a chain that writes down what it got, and when. */
export class Recorder implements Outlet {
  position = 0;
  room = true;
  /** `text@ms` for each chunk, the ending at the end. */
  readonly log: string[] = [];
  /** Time stamps of the chunks. */
  readonly stampsMs: number[] = [];
  nowMs = 0;

  hasRoom(): boolean {
    return this.room;
  }

  accept({ data, offset, atMs }: Chunk): void {
    this.position = offset + data.length;
    this.log.push(`${data}@${this.nowMs}`);
    this.stampsMs.push(atMs);
  }

  end(ending: Ending): void {
    this.log.push(`${ending}@${this.nowMs}`);
  }
}

/** One toxic on one direction, with time that passes only when told. */
export class StageRig {
  readonly toxic: Toxic;
  readonly stage: Stage;
  readonly out = new Recorder();
  #sentBytes = 0;
  #nowMs = 0;

  constructor(type: string, attributes: ToxicSpec['attributes'] = {}, toxicity = 1, seed = 1) {
    this.toxic = readToxic({ type, attributes, toxicity });
    this.stage = new Stage(this.toxic, forkRandom(seed, type), 0, 0);
  }

  get log(): readonly string[] {
    return this.out.log;
  }

  /** A chunk arrives now. */
  send(text: string): this {
    const data = Buffer.from(text);
    this.stage.accept({ data, offset: this.#sentBytes, atMs: this.#nowMs });
    this.#sentBytes += data.length;
    return this.run();
  }

  /** The source half-closes now. */
  end(): this {
    this.stage.end('end');
    return this.run();
  }

  /** Time goes on, and the stage is run whenever it asked to be. */
  advanceTo(nowMs: number): this {
    while (this.stage.wakeAtMs <= nowMs) {
      this.#nowMs = Math.max(this.#nowMs, this.stage.wakeAtMs);
      this.run();
    }
    this.#nowMs = nowMs;
    return this.run();
  }

  /** Time goes on with nothing run before the end of it, as when a timer fires late. */
  jumpTo(nowMs: number): this {
    this.#nowMs = nowMs;
    return this.run();
  }

  /** New settings come now. */
  update(attributes: ToxicSpec['attributes'] = {}): this {
    this.toxic.attributes = { ...this.toxic.attributes, ...attributes };
    this.stage.restart(this.#nowMs);
    return this.run();
  }

  /** Runs the stage as a link does: until nothing moves. */
  run(): this {
    this.out.nowMs = this.#nowMs;
    while (this.stage.run(this.#nowMs, this.out));
    return this;
  }
}
