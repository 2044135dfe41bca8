import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { bindError, formatAddress } from './address.ts';
import { type Backend, routes } from './api.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Listener, ToxiproxyEvent } from './events.ts';
import { Fields } from './fields.ts';
import { serve } from './http.ts';
import { Metrics, type MetricsOptions } from './metrics.ts';
import { Proxies } from './proxies.ts';
import type { ProxyContext, TcpProxy } from './proxy.ts';
import { Switches } from './switches.ts';
import { type TapLimits, TapRecorder } from './tap.ts';
import { type Condition, ConditionWatch, type Hit, type Watch } from './when.ts';

export interface ToxiproxyOptions extends MetricsOptions {
  /** Address of the API. Default loopback. */
  readonly host?: string;
  /** Port of the API. Default 0: a free one. */
  readonly port?: number;
  /** Seed of everything random. Default: a random one, to be read back from `seed`. */
  readonly seed?: number;
  /** Keep what passes, within these limits. Default: nothing is kept. */
  readonly tap?: TapLimits;
  /** Proxies to create before the API listens, as `/populate` takes them. */
  readonly proxies?: unknown;
  readonly clock?: Clock;
}

/** A running Toxiproxy in this process. Drive it over HTTP at `url`, as any Toxiproxy, or directly. */
export class ToxiproxyServer implements AsyncDisposable {
  readonly proxies: Proxies;
  readonly switches = new Switches((name) => this.proxies.find(name));
  /** What passed, when the server was started with `tap`. */
  readonly tap: TapRecorder | undefined;
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #listeners = new Set<Listener>();
  readonly #watches = new Set<ConditionWatch>();
  readonly #http: Server;
  #seed: number;
  #url = '';

  /**
   * Starts a server. Throws `listen tcp ...` when its address cannot be had, and whatever is wrong with
   * `proxies`; then nothing is left behind.
   */
  static async start(options: ToxiproxyOptions = {}): Promise<ToxiproxyServer> {
    const server = new ToxiproxyServer(options);
    try {
      const { error } = await server.proxies.populate(() => options.proxies ?? []);
      if (error !== undefined) throw error;
      await server.#listen(options.host ?? '127.0.0.1', options.port ?? 0);
      return server;
    } catch (thrown) {
      await server[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  private constructor(options: ToxiproxyOptions) {
    this.#seed = options.seed ?? randomInt(2 ** 32);
    this.#clock = options.clock ?? systemClock;
    this.#metrics = new Metrics(options);
    this.proxies = new Proxies(this.#context());
    this.tap = options.tap === undefined ? undefined : new TapRecorder(options.tap);
    this.#http = serve(routes(this.#backend()));
  }

  /** Where the API is, for a Toxiproxy client: `http://host:port`. */
  get url(): string {
    return this.#url;
  }

  get seed(): number {
    return this.#seed;
  }

  /**
   * Takes another seed and numbers connections from 1 again, so that the same traffic meets the same
   * decisions as on a fresh server. Connections that are open keep their own.
   */
  reseed(seed: number): void {
    this.#seed = seed;
    for (const proxy of this.proxies.all) proxy.restartNumbering();
  }

  /** Calls `listener` for everything on the wire, in the middle of it: it must be quick and not throw. */
  subscribe(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /**
   * Runs `action` once, when the condition is first met on any connection. It runs before a toxic sees
   * the chunk that met it: `hit.connection.addToxic({ type: 'cut_at', attributes: { bytes: hit.offset,
   * reset: false } })` cuts at the very byte.
   */
  when(condition: Condition, action: (hit: Hit) => void): Watch {
    const watch = new ConditionWatch(condition, action, (done) => this.#watches.delete(done));
    this.#watches.add(watch);
    return watch;
  }

  /** Closes the API, every proxy and every connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.switches.clear();
    await this.proxies.clear();
    if (!this.#http.listening) return;
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  async #listen(host: string, port: number): Promise<void> {
    this.#http.listen({ host, port });
    try {
      await once(this.#http, 'listening');
    } catch (cause) {
      throw bindError({ host, port }, cause as NodeJS.ErrnoException);
    }
    const bound = this.#http.address();
    if (bound === null || typeof bound === 'string') throw new Error('the API has no address');
    this.#url = `http://${formatAddress(bound.address, bound.port)}`;
  }

  #backend(): Backend {
    return {
      proxies: this.proxies,
      switches: this.switches,
      metrics: this.#metrics,
      seed: () => this.#seed,
      reseed: (body) => {
        this.reseed(new Fields(body, 'seed').integer('seed', this.#seed));
        return this.#seed;
      },
      tapped: () => this.tap?.snapshot(),
    };
  }

  #context(): ProxyContext {
    return {
      clock: this.#clock,
      seed: () => this.#seed,
      opened: (proxy, { id }, client) =>
        this.#publish(proxy, { kind: 'opened', connection: id, client, upstream: proxy.upstream }),
      chunk: (proxy, kind, connection, direction, { data, offset }) => {
        this.#metrics.count(kind, proxy, direction, data.length);
        if (this.#listeners.size > 0 || this.tap !== undefined) {
          this.#publish(proxy, { kind, connection: connection.id, direction, offset, data });
        }
        if (kind === 'sent') return;
        for (const watch of this.#watches)
          watch.observe(proxy, connection, direction, data, offset);
      },
      closed: (proxy, { id }) => this.#publish(proxy, { kind: 'closed', connection: id }),
    };
  }

  #publish(proxy: TcpProxy, what: Unplaced<ToxiproxyEvent>): void {
    const event = { ...what, proxy: proxy.name, atMs: this.#clock.nowMs() } as ToxiproxyEvent;
    this.tap?.observe(event);
    for (const listener of this.#listeners) listener(event);
  }
}

/** An event without what the server adds. Distributes over the union. */
type Unplaced<E> = E extends ToxiproxyEvent ? Omit<E, 'proxy' | 'atMs'> : never;
