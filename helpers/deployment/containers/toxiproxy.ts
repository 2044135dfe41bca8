import { join } from 'node:path';
import { type StartedToxiProxyContainer, ToxiProxyContainer } from '@testcontainers/toxiproxy';
import type { StartedNetwork } from 'testcontainers';
import { Toxiproxy } from 'toxiproxy-node-client';
import { ChaosError } from '../../errors.ts';
import { type Address, formatAddress } from '../address.ts';
import type { Listener } from '../driver.ts';
import { EMBEDDED_SEED, EMBEDDED_TAP } from '../embedded-toxiproxy.ts';
import type { ContainersTarget } from '../target.ts';
import { engineClient } from './engine.ts';
import { removeContainer } from './engine-helpers.ts';
import { noWait } from './no-wait.ts';
import { addressInside, comesToAccept, type Reach } from './reach.ts';

const HELPERS = join(import.meta.dirname, '../..');
const API_PORT = 8474;
/** What starts later than that is taken for one that cannot be reached. */
const STARTS_WITHIN_MS = 2_000;
/** The embedded one is read from its sources, on a machine that may do much else. */
const NODE_STARTS_WITHIN_MS = 20_000;
/** The ports that @testcontainers/toxiproxy publishes for proxies. */
const FIRST_LISTENER_PORT = 8666;
const PUBLISHED_PORTS = 32;
/** Where none has to be published, as many as any deployment needs. */
const DIRECT_PORTS = 1_000;

/**
 * Publishes the API alone, as the module demands, and leaves even that unused. Each published port costs
 * the engine a forwarder or two: taking 33 of them down takes it seconds.
 */
class DirectToxiProxyContainer extends ToxiProxyContainer {
  constructor(image: string) {
    super(image);
    this.exposedPorts = [];
    delete this.createOpts.ExposedPorts;
    delete this.hostConfig.PortBindings;
    this.withExposedPorts(API_PORT).withWaitStrategy(noWait);
  }
}

/** Has an image with Node run the embedded server from this project's own files. */
function withEmbedded(container: ToxiProxyContainer): ToxiProxyContainer {
  const limit = String(EMBEDDED_TAP.bytesPerDirection);
  return container
    .withCopyDirectoriesToContainer([{ source: HELPERS, target: '/redis-chaos/helpers' }])
    .withCopyContentToContainer([
      { content: '{"type":"module"}', target: '/redis-chaos/package.json' },
    ])
    .withEntrypoint(['node', '/redis-chaos/helpers/cli/main.ts', 'toxiproxy'])
    .withCommand(['--host', '0.0.0.0', '--seed', String(EMBEDDED_SEED), '--tap', limit]);
}

/** The Toxiproxy of one worker, in a container on the worker's network. */
export class ToxiproxyInContainer implements AsyncDisposable {
  readonly client: Toxiproxy;
  readonly reach: Reach;
  readonly #container: StartedToxiProxyContainer;
  /** Its name in the engine, by which servers on the network find it. */
  readonly #name: string;
  /** Its address on the network. */
  readonly #address: string;
  /** Where the test process finds Toxiproxy itself. */
  readonly #host: string;
  readonly #freePorts: number[];

  private constructor(
    container: StartedToxiProxyContainer,
    client: Toxiproxy,
    reach: Reach,
    { address, host }: { readonly address: string; readonly host: string },
  ) {
    this.client = client;
    this.reach = reach;
    this.#container = container;
    this.#name = container.getName().replace(/^\//, '');
    this.#address = address;
    this.#host = host;
    const length = reach === 'direct' ? DIRECT_PORTS : PUBLISHED_PORTS;
    this.#freePorts = Array.from({ length }, (_, index) => FIRST_LISTENER_PORT + index);
  }

  /**
   * Starts it so that proxies are reached directly; if they cannot be, with all ports published. `role` is what
   * tells the name of one from that of another on the same network.
   */
  static async start(
    what: ContainersTarget['toxiproxy'],
    network: StartedNetwork,
    labels: Record<string, string>,
    role: 'toxiproxy' | 'switches' = 'toxiproxy',
  ): Promise<ToxiproxyInContainer> {
    const image = 'image' in what ? what.image : what.embeddedOn;
    const start = (container: ToxiProxyContainer): Promise<StartedToxiProxyContainer> =>
      ('image' in what ? container : withEmbedded(container))
        .withName(`${network.getName()}-${role}`)
        .withNetworkMode(network.getName())
        .withLabels(labels)
        .start();
    const addressOf = async (container: StartedToxiProxyContainer): Promise<Address | undefined> =>
      addressInside((await engineClient()).container.getById(container.getId()), {
        network: network.getName(),
        port: API_PORT,
      });
    if (process.platform === 'linux') {
      const direct = await start(new DirectToxiProxyContainer(image));
      const address = await addressOf(direct);
      const withinMs = 'image' in what ? STARTS_WITHIN_MS : NODE_STARTS_WITHIN_MS;
      if (address !== undefined && (await comesToAccept(address, withinMs))) {
        const client = new Toxiproxy(`http://${formatAddress(address)}`);
        const where = { address: address.host, host: address.host };
        return new ToxiproxyInContainer(direct, client, 'direct', where);
      }
      await removeContainer(direct.getId());
    }
    const published = await start(new ToxiProxyContainer(image));
    const address = await addressOf(published);
    if (address === undefined) throw new Error(`Toxiproxy of image ${image} has ended at once`);
    const where = { address: address.host, host: published.getHost() };
    return new ToxiproxyInContainer(published, published.client, 'published', where);
  }

  /**
   * Takes one of the ports for proxies. Servers reach it by the container's name, or by its address, which is what
   * they can tell each other. Throws when all are taken.
   */
  reserveListener(by: 'name' | 'address' = 'name'): Listener {
    const port = this.#freePorts.shift();
    if (port === undefined) {
      throw new ChaosError(
        'misuse',
        `all ${this.reach === 'direct' ? DIRECT_PORTS : PUBLISHED_PORTS} ports for links are taken${this.reach === 'direct' ? '' : ': where containers are reached by published ports, a deployment can have no more than one per replica, and one per node for clients; with Sentinels it takes more'}`,
      );
    }
    return {
      listen: `0.0.0.0:${port}`,
      inside: { host: by === 'name' ? this.#name : this.#address, port },
      outside: {
        host: this.#host,
        port: this.reach === 'direct' ? port : this.#container.getMappedPort(port),
      },
      [Symbol.dispose]: () => {
        this.#freePorts.push(port);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const id = this.#container.getId();
    const { dockerode } = (await engineClient()).container;
    // Not every engine removes by SIGKILL, and another end than that stops the run (watched-engine.ts).
    await dockerode
      .getContainer(id)
      .kill({ signal: 'SIGKILL' })
      .catch(() => {});
    await removeContainer(id);
  }
}
