import { allOf } from '../all-of.ts';
import { messageOf } from '../errors.ts';
import { type Link, openLink } from '../links/link.ts';
import { ANYONE, type Switchboard } from '../links/switchboard.ts';
import type { Timeline } from '../timeline.ts';
import type { Address } from './address.ts';
import type { Proxying, Server } from './driver.ts';

/** The test process, where it connects to servers. */
export const CLIENT = 'client';

interface Surroundings {
  readonly proxying: Proxying;
  readonly timeline: Timeline;
  /** Where servers announce addresses, links to them are taken by way of those. */
  readonly switchboard?: Switchboard | undefined;
  readonly isSentinel: (server: Server) => boolean;
  /** How clients speak TLS to a server that speaks nothing else. */
  readonly tlsOf: (server: Server) => Address['tls'];
  /** Called while a fault on a link is still in force. */
  readonly beforeHeal: () => Promise<void>;
}

/** A link, and what it joins. */
export interface Ends {
  readonly link: Link;
  /** Name of a server, or CLIENT. */
  readonly from: string;
  readonly to: Server;
}

/** The links of a deployment: each TCP path through a proxy of its own. */
export class Wiring {
  readonly #surroundings: Surroundings;
  readonly #opening = new Map<string, Promise<Link>>();
  readonly #links = new Map<string, Ends>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The link on which `from`, a server's name or CLIENT, reaches a server; opened when first asked for. */
  async link(from: string, to: Server): Promise<Link> {
    const name = linkName(from, to.name);
    const opening = this.#opening.get(name) ?? this.#open(name, from, to);
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
    return this.#links.get(linkName(from, to))?.link;
  }

  /** All that have been opened. */
  get all(): readonly Ends[] {
    return [...this.#links.values()];
  }

  /** Leads all links to a server to its address, which it can have only once it has started. */
  async retarget(server: Server): Promise<void> {
    const links = this.all.filter(({ to }) => to === server);
    await Promise.all(links.map(({ link }) => link.retarget(server.inside)));
  }

  /** Leads who connects to an announced address to the link of their own. To be told once servers have their addresses. */
  async route(servers: readonly Server[]): Promise<void> {
    const ends = this.all;
    const addressOf = new Map(servers.map(({ name, inside }) => [name, inside.host]));
    await Promise.all(
      servers.map((server) => {
        const routes = ends
          .filter(({ to }) => to === server)
          .map(({ from, link }) => [addressOf.get(from) ?? ANYONE, link.proxy.name] as const);
        return this.#surroundings.switchboard?.route(server.name, Object.fromEntries(routes));
      }),
    );
  }

  /** Removes all proxies. One that cannot be removed does not keep servers from ending; the timeline has it. */
  async remove(): Promise<void> {
    const { switchboard, timeline } = this.#surroundings;
    const links = this.all;
    this.#links.clear();
    await allOf([
      ...links.map(({ link }) =>
        link.remove().catch((thrown: unknown) => {
          timeline.record(link.name, `not removed: ${messageOf(thrown)}`);
        }),
      ),
      Promise.resolve(switchboard?.remove()).catch((thrown: unknown) => {
        timeline.record('deployment', `announced addresses not removed: ${messageOf(thrown)}`);
      }),
    ]);
  }

  async #open(name: string, from: string, to: Server): Promise<Link> {
    const { proxying, timeline, isSentinel, tlsOf, beforeHeal, switchboard } = this.#surroundings;
    const listener = await proxying.reserveListener();
    try {
      const link = await openLink(proxying.toxiproxy, {
        name,
        upstream: to.inside,
        listener,
        announced: switchboard?.addressOf(to.name),
        leadsToSentinel: isSentinel(to),
        tls: tlsOf(to),
        timeline,
        beforeHeal,
      });
      this.#links.set(name, { link, from, to });
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
