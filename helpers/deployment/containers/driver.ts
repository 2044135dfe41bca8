import { Network, type StartedNetwork } from 'testcontainers';
import type { Toxiproxy } from 'toxiproxy-node-client';
import { ChaosError, messageOf } from '../../errors.ts';
import type { Driver, Listener, Server, ServerSpec } from '../driver.ts';
import { OWNER_LABEL, ownerLabelValue, SESSION_LABEL } from '../session/folder.ts';
import { Session } from '../session/session.ts';
import type { ContainersTarget } from '../target.ts';
import { networkName } from './leftovers.ts';
import { ContainerServer } from './server.ts';
import { ToxiproxyInContainer } from './toxiproxy.ts';

const FIRST_SERVER_PORT = 7001;

/** Servers and Toxiproxy as containers on one private network per worker. */
export class ContainersDriver implements Driver {
  readonly target: ContainersTarget;
  readonly addressing = { 'protected-mode': 'no', dir: '/data' };
  readonly #resources: AsyncDisposableStack;
  readonly #network: StartedNetwork;
  readonly #toxiproxy: ToxiproxyInContainer;
  readonly #labels: Record<string, string>;
  #servers = 0;

  private constructor(
    target: ContainersTarget,
    network: StartedNetwork,
    toxiproxy: ToxiproxyInContainer,
    labels: Record<string, string>,
    resources: AsyncDisposableStack,
  ) {
    this.target = target;
    this.#network = network;
    this.#toxiproxy = toxiproxy;
    this.#labels = labels;
    this.#resources = resources;
  }

  static async start(target: ContainersTarget): Promise<ContainersDriver> {
    if (!target.ryuk) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    try {
      await using resources = new AsyncDisposableStack();
      const session = resources.use(await Session.open({ usesContainers: true }));
      const labels = { [SESSION_LABEL]: session.id, [OWNER_LABEL]: ownerLabelValue() };
      const network = resources.use(
        await new Network({ nextUuid: () => networkName(session.id) }).start(),
      );
      const toxiproxy = resources.use(
        await ToxiproxyInContainer.start(target.toxiproxy, network, labels),
      );
      return new ContainersDriver(target, network, toxiproxy, labels, resources.move());
    } catch (cause) {
      throw new ChaosError(
        'environment',
        `cannot start Toxiproxy (${JSON.stringify(target.toxiproxy)}) in the container engine: ${messageOf(cause)}`,
        { cause },
      );
    }
  }

  get toxiproxy(): Toxiproxy {
    return this.#toxiproxy.client;
  }

  nextServerPort(): Promise<number> {
    // Every container has all ports to itself; different ones let an upstream's log tell replicas apart.
    return Promise.resolve(FIRST_SERVER_PORT + (this.#servers++ % 1000));
  }

  createServer(spec: ServerSpec): Promise<Server> {
    return Promise.resolve(
      new ContainerServer(spec, this.target, {
        network: this.#network,
        labels: this.#labels,
        reach: this.#toxiproxy.reach,
        containerName: `${this.#network.getName()}-${spec.port}-${spec.name}`,
      }),
    );
  }

  reserveListener(): Promise<Listener> {
    return Promise.resolve(this.#toxiproxy.reserveListener());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}
