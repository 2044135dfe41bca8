import { connect, type Socket } from 'node:net';
import { DEFAULT_LISTEN, formatAddress, parseAddress, resolveAddress } from './address.ts';
import type { Clock } from './clock.ts';
import { Connection, type ConnectionObserver } from './connection.ts';
import { type Listening, listen, SOCKET_OPTIONS } from './listen.ts';
import { showToxic, ToxicList } from './toxic-list.ts';

/** What a client may set on a proxy. */
export interface ProxySpec {
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

/** What all proxies of one server share. */
export interface ProxyContext {
  readonly clock: Clock;
  /** Seed of everything random, read when a connection opens. */
  seed(): number;
  opened(proxy: TcpProxy, connection: Connection, client: string): void;
  chunk(proxy: TcpProxy, ...what: Parameters<ConnectionObserver['chunk']>): void;
  closed(proxy: TcpProxy, connection: Connection): void;
}

/** One proxy: a listening address, an upstream, its toxics and its connections. */
export class TcpProxy {
  readonly name: string;
  listen: string;
  upstream: string;
  enabled = false;
  readonly toxics: ToxicList;
  readonly #context: ProxyContext;
  readonly #connections = new Set<Connection>();
  /** Sockets of clients whose upstream has not answered yet. */
  readonly #connecting = new Set<Socket>();
  #connectionCount = 0;
  #listening: Listening | undefined;

  constructor(name: string, listen: string, upstream: string, context: ProxyContext) {
    this.name = name;
    this.listen = listen || DEFAULT_LISTEN;
    this.upstream = upstream;
    this.toxics = new ToxicList(this.#connections);
    this.#context = context;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Port it listens on; 0 while it is disabled and was never given one. */
  get port(): number {
    return parseAddress(this.listen).port;
  }

  /** Numbers connections from 1 again, so that the same seed and traffic lead to the same decisions. */
  restartNumbering(): void {
    this.#connectionCount = 0;
  }

  /** Starts to listen. Throws `listen tcp ...` when that cannot be done, and stays disabled. */
  async start(): Promise<void> {
    if (this.enabled) return;
    this.#listening = await listen(this.listen, (client) => this.#accept(client));
    this.listen = this.#listening.address;
    this.enabled = true;
  }

  /** Stops listening and closes every connection at once. */
  stop(): void {
    this.enabled = false;
    this.#listening?.close();
    this.#listening = undefined;
    for (const client of this.#connecting) client.destroy();
    for (const connection of this.#connections) connection.close();
  }

  /** Whether `spec` asks for other addresses. Throws when its listen address makes no sense. */
  async differs(spec: Pick<ProxySpec, 'listen' | 'upstream'>): Promise<boolean> {
    const { host, port } = await resolveAddress(spec.listen || DEFAULT_LISTEN);
    const same = host === '' ? `:${port}` : formatAddress(host, port);
    return this.listen !== same || this.upstream !== spec.upstream;
  }

  /** Takes over new addresses (which drops connections) and whether to be enabled. */
  async update(spec: ProxySpec): Promise<void> {
    if (await this.differs(spec)) {
      this.stop();
      this.listen = spec.listen || DEFAULT_LISTEN;
      this.upstream = spec.upstream;
    }
    if (spec.enabled && !this.enabled) await this.start();
    if (!spec.enabled && this.enabled) this.stop();
  }

  /** The JSON of a proxy as Toxiproxy 2.12 shows it, the `Logger` that it lets slip included. */
  show(): object {
    const { name, listen, upstream, enabled } = this;
    return { name, listen, upstream, enabled, Logger: {}, toxics: this.toxics.all.map(showToxic) };
  }

  /** Takes a connection that was accepted elsewhere for this proxy; resets it while the proxy is disabled. */
  take(client: Socket): void {
    if (this.enabled) this.#accept(client);
    else client.resetAndDestroy();
  }

  #accept(client: Socket): void {
    this.#connectionCount += 1;
    const id = this.#connectionCount;
    const clientAddress = formatAddress(client.remoteAddress ?? '', client.remotePort ?? 0);
    client.on('error', ignore);
    const upstream = this.#dial(client);
    if (upstream === undefined) {
      client.destroy();
      return;
    }
    this.#connecting.add(client);
    const abandon = () => client.destroy();
    client.once('close', () => {
      this.#connecting.delete(client);
      if (upstream.connecting) upstream.destroy();
    });
    upstream.on('error', ignore);
    upstream.once('close', abandon);
    upstream.once('connect', () => {
      upstream.off('close', abandon);
      this.#connecting.delete(client);
      if (client.destroyed) {
        upstream.destroy();
        return;
      }
      this.#open(id, client, upstream, clientAddress);
    });
  }

  /** Undefined when the upstream is not an address: Toxiproxy takes any text and fails on use. */
  #dial(client: Socket): Socket | undefined {
    if (client.destroyed) return undefined;
    try {
      const { host, port } = parseAddress(this.upstream);
      return connect({ ...SOCKET_OPTIONS, host: host || 'localhost', port });
    } catch {
      return undefined;
    }
  }

  #open(id: number, client: Socket, upstream: Socket, clientAddress: string): void {
    const context = this.#context;
    const connection = new Connection({
      id,
      proxy: this.name,
      client,
      upstream,
      seed: context.seed(),
      clock: context.clock,
      toxics: this.toxics.all,
      observer: {
        chunk: (...what) => context.chunk(this, ...what),
        closed: () => {
          this.#connections.delete(connection);
          context.closed(this, connection);
        },
      },
    });
    this.#connections.add(connection);
    context.opened(this, connection, clientAddress);
  }
}

/** For errors of which all that matters is heard otherwise: those of a socket end in its `close`. */
function ignore(): void {}
