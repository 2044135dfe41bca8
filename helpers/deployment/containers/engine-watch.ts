import { setTimeout as pause } from 'node:timers/promises';
import { ChaosError, messageOf } from '../../errors.ts';

const REOPEN_AFTER_MS = 1_000;

/** What a watch needs of a container engine. */
export interface Engine {
  /** The address of its API. */
  readonly address: string;
  /** Rejects when it does not answer. */
  ping(): Promise<void>;
  /**
   * The ends of Toxiproxies that this run did not end itself, in words, as they come. Ends or throws when
   * the connection to the engine ends; `signal` ends it, too.
   */
  toxiproxiesLost(signal: AbortSignal): AsyncIterable<string>;
}

/**
 * Holds a connection to the container engine and so knows at once when it dies, or begins to: an engine
 * that is told to shut down answers for seconds yet, while it ends the containers. What is gone stays gone:
 * containers that an engine finds again when it comes back are not the ones a test had.
 */
export class EngineWatch implements Disposable {
  readonly #engine: Engine;
  readonly #clock: () => Date;
  readonly #closing = new AbortController();
  readonly #onGone: ((gone: ChaosError) => void) | undefined;
  #gone: { readonly what: string; readonly since: string } | undefined;

  private constructor(
    engine: Engine,
    clock: () => Date,
    onGone: ((gone: ChaosError) => void) | undefined,
  ) {
    this.#engine = engine;
    this.#clock = clock;
    this.#onGone = onGone;
  }

  /** `onGone` is called once. */
  static open(
    engine: Engine,
    options: {
      readonly onGone?: (gone: ChaosError) => void;
      readonly clock?: () => Date;
    } = {},
  ): EngineWatch {
    const watch = new EngineWatch(engine, options.clock ?? (() => new Date()), options.onGone);
    void watch.#watch();
    return watch;
  }

  /** What has died, of class `environment`. Undefined while the engine lives. */
  get gone(): ChaosError | undefined {
    return this.#goneWhile(undefined);
  }

  /** Throws `gone`, if it is, with what was attempted: `start replica-1`. */
  mustLive(attempt: string): void {
    const gone = this.#goneWhile(attempt);
    if (gone !== undefined) throw gone;
  }

  /** Does what needs the engine. When that fails and the engine is gone, it is the engine that is told of. */
  async during<T>(attempt: string, work: () => Promise<T>): Promise<T> {
    this.mustLive(attempt);
    try {
      return await work();
    } catch (thrown) {
      await this.#ask();
      this.mustLive(attempt);
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      try {
        for await (const lost of this.#engine.toxiproxiesLost(signal)) {
          this.#isGone(`the container engine at ${this.#engine.address} ${lost}`);
        }
      } catch {
        // Whether the engine has died or just the connection, it says itself.
      }
      await this.#ask();
      if (this.#gone !== undefined || signal.aborted) return;
      await pause(REOPEN_AFTER_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #ask(): Promise<void> {
    try {
      await this.#engine.ping();
    } catch (thrown) {
      this.#isGone(
        `the container engine at ${this.#engine.address} is gone (${messageOf(thrown)})`,
      );
    }
  }

  #isGone(what: string): void {
    if (this.#gone !== undefined || this.#closing.signal.aborted) return;
    this.#gone = { what, since: this.#clock().toTimeString().slice(0, 8) };
    const { gone } = this;
    if (gone !== undefined) this.#onGone?.(gone);
  }

  #goneWhile(attempt: string | undefined): ChaosError | undefined {
    if (this.#gone === undefined) return undefined;
    const { what, since } = this.#gone;
    const could = attempt === undefined ? '' : `cannot ${attempt}: `;
    const error = new ChaosError('environment', `${could}${what}, noticed at ${since}`);
    // The same for all: reporters tell errors with one stack once, for all tests that have it.
    error.stack = `${error.name}: environment: the container engine at ${this.#engine.address}`;
    return error;
  }
}
