import type { Socket } from 'node:net';
import { formatAddress, parseAddress } from './address.ts';
import { badRequestBody, missingField, switchNotFound } from './errors.ts';
import { Fields } from './fields.ts';
import { type Listening, listen } from './listen.ts';
import type { TcpProxy } from './proxy.ts';

/** Whom a switch takes for one who connects from an address that has no proxy of its own. */
const ANYONE = '*';

/**
 * One address for all, and behind it a proxy of their own for each who connects, told by the address they come from. Whoever
 * has no proxy there, or one that is disabled, is reset.
 */
class Switch {
  readonly name: string;
  readonly listen: string;
  /** Names of proxies by the address of who connects. */
  routes: ReadonlyMap<string, string>;
  /** The addresses without a route of their own from which somebody has connected. */
  readonly #strangers = new Set<string>();
  readonly #listening: Listening;

  private constructor(name: string, routes: Switch['routes'], listening: Listening) {
    this.name = name;
    this.routes = routes;
    this.#listening = listening;
    this.listen = listening.address;
  }

  static async open(
    { name, listen: address, routes }: SwitchSpec,
    proxyOf: (name: string) => TcpProxy | undefined,
  ): Promise<Switch> {
    const listening = await listen(address, (client) => {
      client.on('error', () => {});
      const route = opened.#routeOf(client);
      const proxy = route === undefined ? undefined : proxyOf(route);
      if (proxy === undefined) client.resetAndDestroy();
      else proxy.take(client);
    });
    const opened = new Switch(name, routes, listening);
    return opened;
  }

  close(): void {
    this.#listening.close();
  }

  show(): object {
    return {
      name: this.name,
      listen: this.listen,
      routes: Object.fromEntries(this.routes),
      strangers: [...this.#strangers],
    };
  }

  #routeOf({ remoteAddress = '' }: Socket): string | undefined {
    // An IPv4 address on a socket of both kinds is written so (RFC 4291, 2.5.5.2).
    const from = remoteAddress.replace(/^::ffff:/, '');
    const own = this.routes.get(from);
    if (own === undefined) this.#strangers.add(from);
    return own ?? this.routes.get(ANYONE);
  }
}

interface SwitchSpec {
  readonly name: string;
  readonly listen: string;
  readonly routes: ReadonlyMap<string, string>;
}

/** The switches of a server by name. */
export class Switches {
  readonly #byName = new Map<string, Switch>();
  readonly #proxyOf: (name: string) => TcpProxy | undefined;

  constructor(proxyOf: (name: string) => TcpProxy | undefined) {
    this.#proxyOf = proxyOf;
  }

  /**
   * Opens a switch, or gives one that listens there already other routes: connections there are stay with the proxy they
   * came to. Throws an ApiError (400) or a listen error.
   */
  async put(body: unknown): Promise<object> {
    const spec = readSwitch(body);
    const existing = this.#byName.get(spec.name);
    if (existing !== undefined && existing.listen === shown(spec.listen)) {
      existing.routes = spec.routes;
      return existing.show();
    }
    existing?.close();
    this.#byName.delete(spec.name);
    const opened = await Switch.open(spec, this.#proxyOf);
    this.#byName.set(spec.name, opened);
    return opened.show();
  }

  show(): object {
    return Object.fromEntries([...this.#byName].map(([name, one]) => [name, one.show()]));
  }

  /** Throws `switch not found` (404). */
  remove(name: string): void {
    const existing = this.#byName.get(name);
    if (existing === undefined) throw switchNotFound();
    existing.close();
    this.#byName.delete(name);
  }

  clear(): void {
    for (const one of this.#byName.values()) one.close();
    this.#byName.clear();
  }
}

function readSwitch(body: unknown): SwitchSpec {
  const fields = new Fields(body, 'switch');
  const [name, address] = [fields.string('name', ''), fields.string('listen', '')];
  if (name === '') throw missingField('name');
  if (address === '') throw missingField('listen');
  const routes = fields.fields('routes', 'routes');
  const entries = routes.names.map((from) => [from, routes.string(from, '')] as const);
  const empty = entries.find(([, proxy]) => proxy === '');
  if (empty !== undefined) throw badRequestBody(`routes.${empty[0]} must name a proxy`);
  return { name, listen: address, routes: new Map(entries) };
}

/** An address as a switch that listens there shows it. */
function shown(text: string): string {
  const { host, port } = parseAddress(text);
  return formatAddress(host === '0.0.0.0' ? '::' : host, port);
}
