import { allOf } from '../all-of.ts';
import { messageOf } from '../errors.ts';
import { type Link, openLink } from '../links/link.ts';
import type { Timeline } from '../timeline.ts';
import type { Address } from './address.ts';
import type { Proxying, Server } from './driver.ts';

interface Surroundings {
  readonly proxying: Proxying;
  readonly timeline: Timeline;
  /** How clients speak TLS to a server that speaks nothing else. */
  readonly tlsOf: (server: Server) => Address['tls'];
  /** Called with the name of a link while a fault on it is still in force. */
  readonly beforeHeal: (link: string) => Promise<void>;
}

/** The links of a deployment: each TCP path through a proxy of its own. */
export class Wiring {
  readonly #surroundings: Surroundings;
  readonly #opening = new Map<string, Promise<Link>>();
  readonly #links = new Map<string, Link>();
  readonly #ends = new Map<Link, Server>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The link on which `from`, a node's name or `client`, reaches a server; opened when first asked for. */
  async link(from: string, to: Server): Promise<Link> {
    const name = linkName(from, to.name);
    const opening = this.#opening.get(name) ?? this.#open(name, to);
    this.#opening.set(name, opening);
    try {
      return await opening;
    } catch (thrown) {
      this.#opening.delete(name);
      throw thrown;
    }
  }

  /** The same if it has been opened. */
  opened(from: string, to: string): Link | undefined {
    return this.#links.get(linkName(from, to));
  }

  /** Leads all links to a server to its address, which it can have only once it has started. */
  async retarget(server: Server): Promise<void> {
    const links = [...this.#ends].filter(([, end]) => end === server);
    await Promise.all(links.map(([link]) => link.retarget(server.inside)));
  }

  /** Removes all proxies. One that cannot be removed does not keep servers from ending; the timeline has it. */
  async remove(): Promise<void> {
    const links = [...this.#links.values()];
    this.#links.clear();
    await allOf(
      links.map((link) =>
        link.remove().catch((thrown: unknown) => {
          this.#surroundings.timeline.record(link.name, `not removed: ${messageOf(thrown)}`);
        }),
      ),
    );
  }

  async #open(name: string, server: Server): Promise<Link> {
    const { proxying, timeline, tlsOf, beforeHeal } = this.#surroundings;
    const listener = await proxying.reserveListener();
    try {
      const link = await openLink(proxying.toxiproxy, {
        name,
        upstream: server.inside,
        listener,
        tls: tlsOf(server),
        timeline,
        beforeHeal: () => beforeHeal(name),
      });
      this.#links.set(name, link);
      this.#ends.set(link, server);
      return link;
    } catch (thrown) {
      listener[Symbol.dispose]();
      throw thrown;
    }
  }
}

function linkName(from: string, to: string): string {
  return `${from} to ${to}`;
}
