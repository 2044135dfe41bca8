import { type Chunk, ChunkQueue, type Ending } from './chunk.ts';
import type { Random } from './random.ts';
import type { Decision, Place, Toxic, ToxicRun } from './toxic.ts';

/** Where chunks go next: another stage, or the socket at the end of the link. */
export interface Outlet {
  /** Offset of the next byte it expects. */
  readonly position: number;
  /** False asks whoever feeds it to keep what it has. */
  hasRoom(): boolean;
  accept(chunk: Chunk): void;
  end(ending: Ending): void;
}

/** One chunk fits always, so that a chunk larger than the buffer cannot get stuck. */
const ONE_CHUNK_BYTES = 1;

/**
 * The place of one toxic on one direction of one connection: a queue, and the toxic that rules over its
 * head. Pure: `run` is told the time, and `wakeAtMs` says when it wants to be run again.
 */
export class Stage implements Outlet, Place {
  readonly toxic: Toxic;
  readonly random: Random;
  /** When `run` must be called again though nothing arrived; Infinity: not before something does. */
  wakeAtMs = Infinity;
  passedBytes = 0;
  position: number;
  readonly #queue = new ChunkQueue();
  /** Drawn once: a changed toxicity is held against the same draw, and a changed setting draws nothing. */
  readonly #draw: number;
  /** What the toxic let through while there was no room for it. */
  #ready: { readonly chunk: Chunk; readonly ending: Ending | undefined } | undefined;
  #sourceEnding: Ending | undefined;
  #finished = false;
  #run: ToxicRun;

  constructor(toxic: Toxic, random: Random, position: number, nowMs: number) {
    this.toxic = toxic;
    this.random = random;
    this.position = position;
    this.#draw = random();
    this.#run = toxic.type.start(toxic.attributes, this, nowMs);
  }

  /** Whether the toxic acts on this connection, by its toxicity. */
  get acts(): boolean {
    return this.#draw < this.toxic.toxicity;
  }

  /** Nothing more belongs in the queue: what still comes is discarded, so that the source is read on. */
  get #closed(): boolean {
    return this.#finished || this.#sourceEnding !== undefined;
  }

  hasRoom(): boolean {
    return this.#closed || this.#queue.costBytes < (this.toxic.type.bufferBytes ?? ONE_CHUNK_BYTES);
  }

  accept(chunk: Chunk): void {
    if (!this.#closed) this.#queue.push(chunk);
  }

  end(ending: Ending): void {
    this.#sourceEnding ??= ending;
  }

  /** The toxic has new settings: it starts over with what is queued. */
  restart(nowMs: number): void {
    this.#run = this.toxic.type.start(this.toxic.attributes, this, nowMs);
  }

  /** Hands everything queued to `next`, in order: the toxic is being removed. */
  flushInto(next: Outlet): void {
    if (this.#finished) return;
    const ready = this.#ready;
    if (ready !== undefined) next.accept(ready.chunk);
    // A toxic that decided to end the direction behind those bytes is not undone by its removal.
    if (ready?.ending !== undefined) {
      next.end(ready.ending);
      return;
    }
    for (const chunk of this.#queue.drain()) next.accept(chunk);
    if (this.#sourceEnding !== undefined) next.end(this.#sourceEnding);
  }

  /** Ends the direction here and now; what is queued is lost. */
  finish(ending: Ending, next: Outlet): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#queue.drain();
    this.#ready = undefined;
    this.wakeAtMs = Infinity;
    next.end(ending);
  }

  /** Moves on whatever may move on at `nowMs`. Says whether anything did. */
  run(nowMs: number, next: Outlet): boolean {
    let moved = false;
    this.wakeAtMs = Infinity;
    while (!this.#finished) {
      if (this.#ready !== undefined) {
        if (!next.hasRoom()) break;
        const { chunk, ending } = this.#ready;
        this.#ready = undefined;
        next.accept(chunk);
        moved = true;
        if (ending !== undefined) this.finish(ending, next);
        continue;
      }
      const decision = this.#decide(nowMs);
      if (decision.kind === 'wait') {
        this.wakeAtMs = decision.untilMs ?? Infinity;
        break;
      }
      moved = true;
      this.#obey(decision, next);
    }
    return moved;
  }

  #decide(nowMs: number): Decision {
    const head = this.#queue.head;
    if (head !== undefined) return this.acts ? this.#run.chunk(head, nowMs) : { kind: 'pass' };
    if (this.#sourceEnding !== undefined) {
      return (this.acts ? this.#run.end?.(nowMs) : undefined) ?? { kind: 'finish' };
    }
    return (this.acts ? this.#run.idle?.(nowMs) : undefined) ?? { kind: 'wait' };
  }

  #obey(decision: Exclude<Decision, { kind: 'wait' }>, next: Outlet): void {
    if (decision.kind === 'finish') {
      this.finish(decision.ending ?? this.#sourceEnding ?? 'end', next);
      return;
    }
    const taken = this.#queue.take(
      decision.kind === 'pass' ? (decision.bytes ?? Infinity) : Infinity,
    );
    this.position = taken.offset + taken.data.length;
    if (decision.kind === 'drop') return;
    this.passedBytes += taken.data.length;
    const data = decision.data ?? taken.data;
    const atMs = decision.atMs ?? taken.atMs;
    this.#ready = { chunk: { data, offset: taken.offset, atMs }, ending: decision.ending };
  }
}
