import type { Link } from '../links/link.ts';
import { attemptsToConnect } from '../observe/attempts.ts';
import { type ClientConnection, clientsOf } from '../observe/clients.ts';
import { type ResyncEvent, resyncEvents } from '../observe/resync.ts';
import { type Role, roleOf } from '../observe/role.ts';
import { type Snapshot, snapshotOf } from '../observe/snapshot.ts';
import { Instance } from './instance.ts';

/** A server that replicates, or is replicated: what it says of itself, and what can be done to it. */
export class Node extends Instance {
  /** The link on which this replica reaches the upstream its topology gave it. */
  get link(): Link {
    return this.deployment.linkOf(this);
  }

  /** REPLICAOF at run time, through a link of the two nodes' own. */
  replicaOf(upstream: Node): Promise<void> {
    return this.deployment.makeReplica(this, upstream);
  }

  /** REPLICAOF NO ONE. */
  promote(): Promise<void> {
    return this.deployment.makeReplica(this, undefined);
  }

  /** INFO, typed. Rejects when the node does not answer within 5 s. */
  async snapshot(): Promise<Snapshot> {
    return (await this.#told()).snapshot;
  }

  override async info(): Promise<string> {
    return (await this.#told()).info;
  }

  /** CONFIG GET *, one directive a line. */
  async effectiveConfig(): Promise<string> {
    const pairs = (await this.observe('CONFIG', 'GET', '*')) as string[];
    const directives = pairs.flatMap((value, index) =>
      index % 2 === 0 ? [`${value} ${pairs[index + 1] || '""'}`] : [],
    );
    return `${directives.sort().join('\n')}\n`;
  }

  async role(): Promise<Role> {
    return roleOf(await this.observe('ROLE'));
  }

  async clientList(): Promise<ClientConnection[]> {
    return clientsOf(String(await this.observe('CLIENT', 'LIST')));
  }

  /** When this replica began to connect to its master, by its own clock in milliseconds, in its present start. */
  attemptsToConnect(): number[] {
    const { log } = this.server;
    return attemptsToConnect(log.lines, log.boot);
  }

  /** The synchronizations this node decided as an upstream, over all its starts. */
  resyncsServed(): ResyncEvent[] {
    return resyncEvents(this.server.log.lines);
  }

  /** Asks for INFO. Whatever the reason: what the node is now may be what explains its next decision. */
  async #told(): Promise<{ readonly info: string; readonly snapshot: Snapshot }> {
    const { log } = this.server;
    const { boot } = log;
    const info = await super.info();
    const snapshot = snapshotOf(info);
    if (log.boot === boot) this.deployment.memory.saw(this.name, boot, snapshot);
    return { info, snapshot };
  }
}
