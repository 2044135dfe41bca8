import type { Address } from '../deployment/address.ts';
import type { Listener, Proxying } from '../deployment/driver.ts';
import { ChaosError } from '../errors.ts';

/** The proxy for whoever has none of their own: clients. */
export const ANYONE = '*';

/**
 * One address for each server that all may be told: a switch of the embedded Toxiproxy, behind which who connects is led
 * to a proxy of their own, by the address that they come from.
 */
export class Switchboard {
  readonly #proxying: Proxying;
  readonly #hostName: string | undefined;
  readonly #listeners = new Map<string, Listener>();

  /** With a `hostName`, that is told in place of the address. */
  constructor(proxying: Proxying, hostName?: string) {
    this.#proxying = proxying;
    this.#hostName = hostName;
  }

  /** Reserves the address of a server. Nobody listens there before the server has routes. */
  async reserve(server: string): Promise<Address> {
    const listener = await this.#proxying.reserveListener();
    this.#listeners.set(server, listener);
    return this.#named(listener);
  }

  /** How servers reach it. Undefined for one that has no such address. */
  addressOf(server: string): Address | undefined {
    const listener = this.#listeners.get(server);
    return listener && this.#named(listener);
  }

  /** Whether this is where servers reach it, by name or by address. */
  isAt(server: string, { host, port }: Address): boolean {
    const inside = this.#listeners.get(server)?.inside;
    return inside?.port === port && [inside.host, this.#hostName].includes(host);
  }

  /** How clients of the test process reach the same. */
  outsideOf(server: string): Address | undefined {
    return this.#listeners.get(server)?.outside;
  }

  /** Leads who connects to a server from now on: names of proxies by the address they come from, or ANYONE. */
  async route(server: string, routes: Readonly<Record<string, string>>): Promise<void> {
    const listener = this.#listeners.get(server);
    if (listener === undefined)
      throw new ChaosError('misuse', `no address is reserved for ${server}`);
    await this.#ask('POST', '', {
      name: nameOf(server, listener),
      listen: listener.listen,
      routes,
    });
  }

  /**
   * Throws if somebody connected from an address that is no server's. To be asked before clients use these addresses: then
   * servers do not come from their own.
   */
  async mustTellApart(): Promise<void> {
    const shown = (await this.#ask('GET', '')) as Record<string, { strangers: string[] }>;
    for (const [server, listener] of this.#listeners) {
      const strangers = shown[nameOf(server, listener)]?.strangers ?? [];
      if (strangers.length === 0) continue;
      throw new ChaosError(
        'environment',
        `servers connect to ${server} from ${strangers.join(', ')}, expected each to come from its own address: something between them translates addresses (look for a MASQUERADE rule that takes in their network: iptables -t nat -S POSTROUTING), so the links of one cannot be told from those of another`,
      );
    }
  }

  /** Closes all addresses, and gives them back. */
  async remove(): Promise<void> {
    const shown = (await this.#ask('GET', '')) as object;
    for (const [server, listener] of this.#listeners) {
      const name = nameOf(server, listener);
      if (name in shown) await this.#ask('DELETE', `/${name}`);
      listener[Symbol.dispose]();
    }
    this.#listeners.clear();
  }

  #named({ inside }: Listener): Address {
    return { ...inside, host: this.#hostName ?? inside.host };
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const url = `${this.#proxying.toxiproxy.host}/extensions/switches${path}`;
    const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) {
      throw new ChaosError(
        'environment',
        `${method} ${url} ${JSON.stringify(body)}: expected the Toxiproxy to do it, got status ${response.status}: ${await response.text()}`,
      );
    }
    return response.status === 204 ? undefined : response.json();
  }
}

/** Unique in the Toxiproxy even while two deployments share it. */
function nameOf(server: string, { inside }: Listener): string {
  return `${server}-${inside.port}`;
}
