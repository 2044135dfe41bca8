import type { Direction } from './chunk.ts';
import type { Connection } from './connection.ts';
import type { TcpProxy } from './proxy.ts';

/**
 * Looks at what the source of one direction of one connection sent, chunk by chunk and in order, and
 * says at which offset its condition is met: the byte that comes right behind what it waited for.
 */
export type Matcher = (data: Buffer, offset: number) => number | undefined;

export interface Condition {
  /** Name of the proxy to watch. Default: every proxy. */
  readonly proxy?: string;
  readonly direction: Direction;
  /** Makes the matcher of one connection. */
  readonly matcher: () => Matcher;
}

/** Where and when a condition was met. */
export interface Hit {
  readonly proxy: TcpProxy;
  readonly connection: Connection;
  readonly direction: Direction;
  /** The next byte after what was waited for. */
  readonly offset: number;
}

/** A condition that is being watched. Disposing it stops the watch. */
export interface Watch extends Disposable {
  /** The first hit, after the action ran; rejects when the action or the matcher threw. */
  readonly hit: Promise<Hit>;
}

/** Met when byte number `offset` (from 0) arrives. */
export function atByte(offset: number): () => Matcher {
  return () => (data, start) => (start + data.length > offset ? offset : undefined);
}

/** Met behind the `nth` time (from 1) that `pattern` occurs, however chunks divide it. */
export function afterPattern(pattern: string | Buffer, nth = 1): () => Matcher {
  const wanted = Buffer.from(pattern);
  if (wanted.length === 0) throw new RangeError('afterPattern: the pattern is empty');
  return () => {
    let seen = 0;
    let tail = Buffer.alloc(0);
    return (data, offset) => {
      const text = Buffer.concat([tail, data]);
      const start = offset - tail.length;
      let from = 0;
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, from)) {
        from = at + wanted.length;
        seen += 1;
        if (seen === nth) return start + from;
      }
      // What could still be the beginning of an occurrence; never bytes of one that was counted.
      tail = text.subarray(Math.max(from, text.length - wanted.length + 1));
      return undefined;
    };
  };
}

/** A condition with its state on each connection. */
export class ConditionWatch implements Watch {
  readonly hit: Promise<Hit>;
  readonly #condition: Condition;
  readonly #action: (hit: Hit) => void;
  readonly #dispose: (watch: ConditionWatch) => void;
  readonly #matchers = new WeakMap<Connection, Matcher>();
  readonly #resolve: (hit: Hit) => void;
  readonly #reject: (reason: unknown) => void;

  constructor(
    condition: Condition,
    action: (hit: Hit) => void,
    dispose: (watch: ConditionWatch) => void,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<Hit>();
    this.hit = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#condition = condition;
    this.#action = action;
    this.#dispose = dispose;
  }

  /** Shows it what a source sent; runs the action and ends the watch when the condition is met. */
  observe(
    proxy: TcpProxy,
    connection: Connection,
    direction: Direction,
    data: Buffer,
    offset: number,
  ): void {
    const { proxy: wanted = proxy.name, direction: way, matcher } = this.#condition;
    if (wanted !== proxy.name || way !== direction) return;
    try {
      const match = this.#matchers.get(connection) ?? matcher();
      this.#matchers.set(connection, match);
      const metAt = match(data, offset);
      if (metAt === undefined) return;
      this[Symbol.dispose]();
      const hit = { proxy, connection, direction, offset: metAt };
      this.#action(hit);
      this.#resolve(hit);
    } catch (thrown) {
      this[Symbol.dispose]();
      this.#reject(thrown);
    }
  }

  [Symbol.dispose](): void {
    this.#dispose(this);
  }
}
