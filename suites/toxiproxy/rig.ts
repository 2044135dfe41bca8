import { type ICreateToxicBody, type Proxy as ProxyClient, Toxiproxy } from 'toxiproxy-node-client';
import { expect } from 'vitest';
import { dial, type Peer, Upstream } from '../../helpers/toxiproxy/testing/peer.ts';
import type { Subject } from './subjects.ts';

/** Both ends of one connection through the proxy, proven to carry bytes both ways. */
export interface Pair {
  readonly client: Peer;
  readonly server: Peer;
}

let rigs = 0;

/** One proxy on the subject with an upstream in this process; gone when disposed. */
export class Rig implements AsyncDisposable {
  readonly subject: Subject;
  readonly proxy: ProxyClient;
  readonly upstream: Upstream;
  readonly #clients: Peer[] = [];

  private constructor(subject: Subject, proxy: ProxyClient, upstream: Upstream) {
    this.subject = subject;
    this.proxy = proxy;
    this.upstream = upstream;
  }

  static async start(subject: Subject): Promise<Rig> {
    rigs += 1;
    const upstream = await Upstream.listen(subject.upstreamHost);
    const proxy = await new Toxiproxy(subject.url).createProxy({
      name: `rig-${rigs}`,
      listen: `${subject.listenHost}:0`,
      upstream: upstream.address,
    });
    return new Rig(subject, proxy, upstream);
  }

  get port(): number {
    return Number(this.proxy.listen.split(':').at(-1));
  }

  /** Opens a connection and waits until it has arrived upstream. */
  async open(): Promise<Pair> {
    const client = await dial(this.subject.connectHost, this.port);
    this.#clients.push(client);
    const server = await this.upstream.peer(this.#clients.length);
    return { client, server };
  }

  /** Opens a connection and sends 4 bytes each way. Not for use under toxics that touch them. */
  async openProven(): Promise<Pair> {
    const pair = await this.open();
    pair.client.send('ping');
    expect(String(await pair.server.hasReceived(4))).toBe('ping');
    pair.server.send('pong');
    expect(String(await pair.client.hasReceived(4))).toBe('pong');
    return pair;
  }

  toxic<T>(
    type: string,
    attributes: T,
    more: { readonly stream?: 'upstream' | 'downstream'; readonly toxicity?: number } = {},
  ) {
    const stream = more.stream ?? 'downstream';
    return this.proxy.addToxic<T>({
      name: `${type}_${stream}`,
      type,
      stream,
      toxicity: more.toxicity ?? 1,
      attributes,
    } as ICreateToxicBody<T>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client[Symbol.dispose]();
    await this.proxy.remove().finally(() => this.upstream[Symbol.asyncDispose]());
  }
}
