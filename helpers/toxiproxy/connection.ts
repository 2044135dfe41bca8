import type { Socket } from 'node:net';
import type { Chunk, Direction } from './chunk.ts';
import type { Clock } from './clock.ts';
import { Link, type LinkObserver } from './link.ts';
import { forkRandom } from './random.ts';
import { Stage } from './stage.ts';
import type { Toxic } from './toxic.ts';
import { readToxic, type ToxicSpec } from './toxic-list.ts';

/** What a connection tells its proxy. */
export interface ConnectionObserver {
  chunk(
    kind: 'received' | 'sent',
    connection: Connection,
    direction: Direction,
    chunk: Chunk,
  ): void;
  closed(connection: Connection): void;
}

export interface ConnectionOptions {
  /** Number of the connection on its proxy, from 1. */
  readonly id: number;
  readonly proxy: string;
  readonly client: Socket;
  readonly upstream: Socket;
  readonly seed: number;
  readonly clock: Clock;
  readonly toxics: readonly Toxic[];
  readonly observer: ConnectionObserver;
}

/** One client with its own connection to the upstream: two sockets and a link in each direction. */
export class Connection {
  readonly id: number;
  readonly #options: ConnectionOptions;
  readonly #links: Readonly<Record<Direction, Link>>;

  constructor(options: ConnectionOptions) {
    const { client, upstream, clock } = options;
    this.id = options.id;
    this.#options = options;
    this.#links = {
      upstream: new Link('upstream', client, upstream, clock, this.#observe('upstream')),
      downstream: new Link('downstream', upstream, client, clock, this.#observe('downstream')),
    };
    let open = 2;
    for (const socket of [client, upstream]) {
      socket.on('close', () => {
        open -= 1;
        if (open > 0) return;
        this.#forEachLink((link) => link.stop());
        options.observer.closed(this);
      });
    }
    for (const toxic of options.toxics) this.#insert(toxic);
    this.#forEachLink((link) => link.pump());
  }

  /** Puts a toxic on this connection alone. It is not listed by the API and ends with the connection. */
  addToxic(spec: ToxicSpec): void {
    this.insert(readToxic(spec));
  }

  insert(toxic: Toxic): void {
    this.#insert(toxic);
    this.#links[toxic.direction].pump();
  }

  update(toxic: Toxic): void {
    this.#links[toxic.direction].update(toxic);
  }

  remove(toxic: Toxic): void {
    this.#links[toxic.direction].remove(toxic);
  }

  /** Closes both sockets at once; bytes under way are lost. */
  close(): void {
    this.#forEachLink((link) => link.stop());
    this.#options.client.destroy();
    this.#options.upstream.destroy();
  }

  /** Sends both peers a RST. */
  reset(): void {
    this.#forEachLink((link) => link.stop());
    this.#options.upstream.resetAndDestroy();
    this.#options.client.resetAndDestroy();
  }

  #insert(toxic: Toxic): void {
    const { seed, proxy, clock } = this.#options;
    const link = this.#links[toxic.direction];
    const random = forkRandom(seed, proxy, this.id, toxic.name);
    link.insert(new Stage(toxic, random, link.position, clock.nowMs()));
  }

  #forEachLink(act: (link: Link) => void): void {
    for (const link of Object.values(this.#links)) act(link);
  }

  #observe(direction: Direction): LinkObserver {
    const { observer } = this.#options;
    return {
      received: (chunk) => observer.chunk('received', this, direction, chunk),
      sent: (chunk) => observer.chunk('sent', this, direction, chunk),
      reset: () => this.reset(),
    };
  }
}
