import type { Direction } from './chunk.ts';
import type { ToxiproxyEvent } from './events.ts';

export interface TapLimits {
  /** Bytes kept per connection and direction, the last ones. Default 64 KiB. */
  readonly bytesPerDirection?: number;
  /** Connections kept, the last ones opened. Default 256. */
  readonly connections?: number;
}

/** What passed in one direction: everything is counted, the last bytes are kept. */
interface TappedDirection {
  readonly bytes: number;
  /** Chunks kept, as they were delivered; earlier ones were dropped to stay within the limit. */
  readonly chunks: readonly {
    readonly offset: number;
    readonly atMs: number;
    readonly base64: string;
  }[];
}

export interface TappedConnection {
  readonly proxy: string;
  readonly connection: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
  readonly upstream: TappedDirection;
  readonly downstream: TappedDirection;
}

interface Track {
  bytes: number;
  keptBytes: number;
  readonly chunks: { readonly offset: number; readonly atMs: number; readonly data: Buffer }[];
}

interface Entry extends Record<Direction, Track> {
  readonly openedAtMs: number;
  closedAtMs: number | null;
  readonly proxy: string;
  readonly connection: number;
}

/** Keeps what was delivered, bounded in size, for an artifact. Feed it a server's events. */
export class TapRecorder {
  readonly #bytesPerDirection: number;
  readonly #maxConnections: number;
  readonly #entries = new Map<string, Entry>();

  constructor({ bytesPerDirection = 64 * 1024, connections = 256 }: TapLimits = {}) {
    this.#bytesPerDirection = bytesPerDirection;
    this.#maxConnections = connections;
  }

  observe(event: ToxiproxyEvent): void {
    const { proxy, connection, atMs } = event;
    const key = `${connection} ${proxy}`;
    if (event.kind === 'opened') {
      const fresh = { proxy, connection, openedAtMs: atMs, closedAtMs: null };
      // A reseeded proxy numbers from 1 again: the newer connection of a number takes its place.
      this.#entries.delete(key);
      this.#entries.set(key, { ...fresh, upstream: emptyTrack(), downstream: emptyTrack() });
      const oldest = this.#entries.keys().next();
      if (this.#entries.size > this.#maxConnections && !oldest.done) {
        this.#entries.delete(oldest.value);
      }
      return;
    }
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (event.kind === 'closed') entry.closedAtMs = atMs;
    else if (event.kind === 'sent') {
      this.#keep(entry[event.direction], event.offset, atMs, event.data);
    }
  }

  /** What is kept, as plain JSON. */
  snapshot(): readonly TappedConnection[] {
    return [...this.#entries.values()].map((entry) => ({
      ...entry,
      upstream: show(entry.upstream),
      downstream: show(entry.downstream),
    }));
  }

  #keep(track: Track, offset: number, atMs: number, data: Buffer): void {
    const kept = data.subarray(Math.max(0, data.length - this.#bytesPerDirection));
    track.bytes += data.length;
    // A copy: a view would keep the whole read buffer alive.
    track.chunks.push({
      offset: offset + data.length - kept.length,
      atMs,
      data: Buffer.from(kept),
    });
    track.keptBytes += kept.length;
    while (track.keptBytes > this.#bytesPerDirection) {
      track.keptBytes -= track.chunks.shift()?.data.length ?? 0;
    }
  }
}

function emptyTrack(): Track {
  return { bytes: 0, keptBytes: 0, chunks: [] };
}

function show({ bytes, chunks }: Track): TappedDirection {
  return {
    bytes,
    chunks: chunks.map(({ offset, atMs, data }) => ({
      offset,
      atMs,
      base64: data.toString('base64'),
    })),
  };
}
