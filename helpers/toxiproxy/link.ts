import type { Socket } from 'node:net';
import type { Chunk, Direction, Ending } from './chunk.ts';
import type { Clock } from './clock.ts';
import type { Outlet, Stage } from './stage.ts';
import type { Toxic } from './toxic.ts';

/** What a link tells its connection. */
export interface LinkObserver {
  /** A chunk came from the source; called before any toxic sees it, so a toxic added now acts on it. */
  received(chunk: Chunk): void;
  /** A chunk was handed to the kernel's side of the sink. */
  sent(chunk: Chunk): void;
  /** A toxic ended the direction for both peers at once. */
  reset(): void;
}

/** The writing end of a link. */
class Sink implements Outlet {
  position = 0;
  readonly #socket: Socket;
  readonly #observer: LinkObserver;
  #ended = false;
  #sourceGone = false;

  constructor(socket: Socket, observer: LinkObserver) {
    this.#socket = socket;
    this.#observer = observer;
  }

  /** A dead sink has room: what comes is discarded, so that the source is read on and its end noticed. */
  hasRoom(): boolean {
    return this.dead || !this.#socket.writableNeedDrain;
  }

  get dead(): boolean {
    return this.#ended || this.#socket.destroyed;
  }

  accept(chunk: Chunk): void {
    if (this.dead) return;
    this.position = chunk.offset + chunk.data.length;
    this.#socket.write(chunk.data);
    this.#observer.sent(chunk);
  }

  end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    if (ending === 'reset') this.#observer.reset();
    else if (ending === 'close' || this.#sourceGone) this.#socket.destroySoon();
    else this.#socket.end();
  }

  /** The source can no longer be written to: half-open is not an option any more. */
  sourceGone(): void {
    this.#sourceGone = true;
    if (this.#ended) this.#socket.destroySoon();
  }
}

/**
 * One direction of one connection: a chain of stages between two sockets.
 *
 *     source socket -> stage -> stage -> ... -> sink socket
 *
 * Stages are put in, changed and taken out while bytes flow. All of it happens on one thread between two
 * chunks, so there is no race to lose a byte in; a removed stage flushes into the one behind it. When the
 * first stage (or the sink, if there is none) has no room, the source is paused: back-pressure is TCP's.
 */
export class Link {
  readonly direction: Direction;
  receivedBytes = 0;
  readonly #source: Socket;
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #observer: LinkObserver;
  #stages: Stage[] = [];
  #sourceEnded = false;
  #pumping = false;
  #pumpAgain = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  constructor(
    direction: Direction,
    source: Socket,
    sink: Socket,
    clock: Clock,
    observer: LinkObserver,
  ) {
    this.direction = direction;
    this.#source = source;
    this.#sink = new Sink(sink, observer);
    this.#clock = clock;
    this.#observer = observer;
    source.on('data', (data) => this.#receive(data));
    source.on('end', () => this.#end('end'));
    // A source that broke off ends its sink for good: Toxiproxy closes it, it does not forward a RST.
    source.on('close', () => {
      this.#sink.sourceGone();
      this.#end('close');
    });
    sink.on('drain', () => this.pump());
    sink.on('close', () => this.pump());
  }

  /** Offset of the next byte that a stage put in now would see. */
  get position(): number {
    return this.#sink.position;
  }

  /** Puts a stage in front of the sink. */
  insert(stage: Stage): void {
    this.#stages.push(stage);
  }

  /** The toxic's settings changed: its stage starts over with what it has queued. */
  update(toxic: Toxic): void {
    this.#stageOf(toxic)?.restart(this.#clock.nowMs());
    this.pump();
  }

  /** Takes the toxic's stage out; what it had queued moves on in order. */
  remove(toxic: Toxic): void {
    const stage = this.#stageOf(toxic);
    if (stage === undefined) return;
    const index = this.#stages.indexOf(stage);
    const next = this.#stages[index + 1] ?? this.#sink;
    if (toxic.type.onRemoval !== undefined && stage.acts) stage.finish(toxic.type.onRemoval, next);
    else stage.flushInto(next);
    this.#stages = this.#stages.toSpliced(index, 1);
    this.pump();
  }

  /** Runs the stages until nothing moves, then asks for more from the source or stops it. */
  pump(): void {
    this.#pumpAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#pumpAgain) {
      this.#pumpAgain = false;
      const nowMs = this.#clock.nowMs();
      // From the sink backwards, so that room made by a stage is there for the one before it.
      for (let index = this.#stages.length - 1; index >= 0; index -= 1) {
        const next = this.#stages[index + 1] ?? this.#sink;
        if (this.#stages[index]?.run(nowMs, next)) this.#pumpAgain = true;
      }
    }
    this.#pumping = false;
    this.#schedule();
    const room = (this.#stages[0] ?? this.#sink).hasRoom();
    if (room && this.#source.isPaused()) this.#source.resume();
    else if (!room && !this.#source.isPaused()) this.#source.pause();
  }

  /** Forgets everything under way: both sockets are being closed. */
  stop(): void {
    this.#stages = [];
    this.#schedule();
  }

  #receive(data: Buffer): void {
    const chunk = { data, offset: this.receivedBytes, atMs: this.#clock.nowMs() };
    this.receivedBytes += data.length;
    this.#observer.received(chunk);
    (this.#stages[0] ?? this.#sink).accept(chunk);
    this.pump();
  }

  #end(ending: Ending): void {
    if (this.#sourceEnded) return;
    this.#sourceEnded = true;
    (this.#stages[0] ?? this.#sink).end(ending);
    this.pump();
  }

  #stageOf(toxic: Toxic): Stage | undefined {
    return this.#stages.find((stage) => stage.toxic === toxic);
  }

  #schedule(): void {
    let atMs = Infinity;
    for (const stage of this.#stages) atMs = Math.min(atMs, stage.wakeAtMs);
    if (this.#timer?.atMs === atMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (atMs === Infinity) return;
    const cancel = this.#clock.at(atMs, () => {
      this.#timer = undefined;
      this.pump();
    });
    this.#timer = { atMs, cancel };
  }
}
