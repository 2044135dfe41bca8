/** Client to server is `upstream`, server to client is `downstream`: Toxiproxy's words. */
export type Direction = 'upstream' | 'downstream';
export const DIRECTIONS: readonly Direction[] = ['upstream', 'downstream'];

/** Bytes on their way, as one read of the source delivered them or as a toxic cut them. */
export interface Chunk {
  readonly data: Buffer;
  /** Position of the first byte in what the source sent on this direction since the connection opened. */
  readonly offset: number;
  /** When it was received; a toxic that delays it moves this forward, so that delays add up along a chain. */
  readonly atMs: number;
}

/**
 * How a direction ends. `end`: the source half-closed, and so does the sink. `close`: both ways of the
 * sink are closed after what is under way was written. `reset`: both peers get a RST.
 */
export type Ending = 'end' | 'close' | 'reset';

/** What one chunk costs in memory beside its bytes, so that a flood of tiny chunks is bounded too. */
const CHUNK_OVERHEAD_BYTES = 256;
/** Taken heads are only forgotten in bulk: an array shift per chunk would copy the whole queue. */
const COMPACT_AFTER = 64;

/** A queue of chunks that knows what it costs. */
export class ChunkQueue {
  #chunks: Chunk[] = [];
  #taken = 0;
  #costBytes = 0;

  get costBytes(): number {
    return this.#costBytes;
  }

  get head(): Chunk | undefined {
    return this.#chunks[this.#taken];
  }

  push(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#costBytes += chunk.data.length + CHUNK_OVERHEAD_BYTES;
  }

  /** Takes the head off, or its first `bytes` only; the rest becomes the head. */
  take(bytes: number): Chunk {
    const head = this.head;
    if (head === undefined) throw new RangeError('take: the queue is empty');
    if (bytes < head.data.length) {
      this.#chunks[this.#taken] = {
        ...head,
        data: head.data.subarray(bytes),
        offset: head.offset + bytes,
      };
      this.#costBytes -= bytes;
      return { ...head, data: head.data.subarray(0, bytes) };
    }
    this.#taken += 1;
    this.#costBytes -= head.data.length + CHUNK_OVERHEAD_BYTES;
    if (this.#taken >= COMPACT_AFTER && this.#taken * 2 >= this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#taken);
      this.#taken = 0;
    }
    return head;
  }

  /** Empties the queue and returns what was in it, in order. */
  drain(): Chunk[] {
    const rest = this.#chunks.slice(this.#taken);
    this.#chunks = [];
    this.#taken = 0;
    this.#costBytes = 0;
    return rest;
  }
}
