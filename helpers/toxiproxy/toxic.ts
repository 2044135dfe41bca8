import type { Chunk, Direction, Ending } from './chunk.ts';
import type { Random } from './random.ts';

/** Settings of a toxic as the API shows them: whole numbers with a fixed unit each, or switches. */
export type Attributes = Readonly<Record<string, number | boolean>>;

/** What a toxic wants done next. */
export type Decision =
  | {
      /** Let the head through. */
      readonly kind: 'pass';
      /** Only so many bytes of it, at least 1; the rest stays the head. */
      readonly bytes?: number;
      /** These bytes in its place, as many as before. */
      readonly data?: Buffer;
      /** Its new time stamp. */
      readonly atMs?: number;
      /** Then end the direction, behind it. */
      readonly ending?: Ending;
    }
  /** Discard the head. */
  | { readonly kind: 'drop' }
  /** Ask again at `untilMs`, or when something arrives or the settings change. */
  | { readonly kind: 'wait'; readonly untilMs?: number }
  /** End the direction; without `ending`, the way the source ended it. */
  | { readonly kind: 'finish'; readonly ending?: Ending };

export const PASS: Decision = { kind: 'pass' };
export const WAIT: Decision = { kind: 'wait' };
export const FINISH: Decision = { kind: 'finish' };

/** What a toxic may know of its place on one direction of one connection. */
export interface Place {
  /** Draws for this toxic on this connection only. */
  readonly random: Random;
  /** Bytes it let through since it was put on the connection, whatever its settings were meanwhile. */
  readonly passedBytes: number;
  /** Offset of the next byte it will be asked about, counted from the start of the connection. */
  readonly position: number;
}

/**
 * A toxic at work on one direction of one connection: per-connection state lives here. It does no I/O and
 * sets no timer. It is asked, says what to do with the head of its queue, and is asked again. Chunks
 * reach it in order and whole; asked twice about the same head, it must not count it twice.
 */
export interface ToxicRun {
  chunk(chunk: Chunk, nowMs: number): Decision;
  /** Asked while nothing is queued. Only `wait` and `finish` make sense. Default: wait. */
  idle?(nowMs: number): Decision;
  /** Asked when the source has ended and nothing is queued before that. Default: finish. */
  end?(nowMs: number): Decision;
}

/**
 * A kind of fault. Settings are plain data; `start` makes the state for one connection, and is called
 * again when the settings change. Bytes queued here when the toxic is removed move on, in order, to
 * whatever comes next; a toxic that discards must instead end the connection through `onRemoval`.
 */
export interface ToxicType<A extends Attributes = Attributes> {
  readonly type: string;
  /** Not in Toxiproxy. Its attributes are checked strictly: an unknown one is refused. */
  readonly extension?: boolean;
  /** Each attribute with its value when absent. */
  readonly defaults: A;
  /** How much may queue here before the source is paused. Default: one chunk. */
  readonly bufferBytes?: number;
  /** How the direction of a live connection ends when the toxic is removed from it. */
  readonly onRemoval?: Ending;
  /** What is wrong with these settings, as the end of an error message. */
  problem?(attributes: A): string | undefined;
  start(attributes: A, place: Place, nowMs: number): ToxicRun;
}

/** One toxic of one proxy. Replaced, never changed, except through `ToxicList`. */
export interface Toxic {
  readonly name: string;
  readonly type: ToxicType;
  /** As the client spelled it; `direction` is what it means. */
  readonly stream: string;
  readonly direction: Direction;
  /** Share of connections it acts on, 0 to 1. */
  toxicity: number;
  attributes: Attributes;
}
