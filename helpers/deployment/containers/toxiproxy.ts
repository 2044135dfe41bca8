import { join } from 'node:path';
import { type StartedToxiProxyContainer, ToxiProxyContainer } from '@testcontainers/toxiproxy';
import type { StartedNetwork } from 'testcontainers';
import { Toxiproxy } from 'toxiproxy-node-client';
import { ChaosError } from '../../errors.ts';
import { formatAddress } from '../address.ts';
import type { Listener } from '../driver.ts';
import { EMBEDDED_SEED, EMBEDDED_TAP } from '../embedded-toxiproxy.ts';
import type { ContainersTarget } from '../target.ts';
import { engineClient } from './engine.ts';
import { removeContainer } from './engine-helpers.ts';
import { noWait } from './no-wait.ts';
import { addressInside, comesToAccept, type Reach } from './reach.ts';

const HELPERS = join(import.meta.dirname, '../..');
const API_PORT = 8474;
/** The ports that @testcontainers/toxiproxy publishes for proxies. */
const FIRST_LISTENER_PORT = 8666;
const LISTENER_PORTS = 32;

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
  /** Where the test process finds Toxiproxy itself; `direct` only. */
  readonly #host: string;
  readonly #freePorts = Array.from(
    { length: LISTENER_PORTS },
    (_, index) => FIRST_LISTENER_PORT + index,
  );

  private constructor(
    container: StartedToxiProxyContainer,
    client: Toxiproxy,
    reach: Reach,
    host: string,
  ) {
    this.client = client;
    this.reach = reach;
    this.#container = container;
    this.#name = container.getName().replace(/^\//, '');
    this.#host = host;
  }

  /** Starts it so that proxies are reached directly; if they cannot be, with all ports published. */
  static async start(
    what: ContainersTarget['toxiproxy'],
    network: StartedNetwork,
    labels: Record<string, string>,
  ): Promise<ToxiproxyInContainer> {
    const image = 'image' in what ? what.image : what.embeddedOn;
    const start = (container: ToxiProxyContainer): Promise<StartedToxiProxyContainer> =>
      ('image' in what ? container : withEmbedded(container))
        .withName(`${network.getName()}-toxiproxy`)
        .withNetworkMode(network.getName())
        .withLabels(labels)
        .start();
    if (process.platform === 'linux') {
      const direct = await start(new DirectToxiProxyContainer(image));
      const address = await addressInside(
        (await engineClient()).container.getById(direct.getId()),
        {
          network: network.getName(),
          port: API_PORT,
        },
      );
      if (address !== undefined && (await comesToAccept(address))) {
        const client = new Toxiproxy(`http://${formatAddress(address)}`);
        return new ToxiproxyInContainer(direct, client, 'direct', address.host);
      }
      await removeContainer(direct.getId());
    }
    const published = await start(new ToxiProxyContainer(image));
    const { client } = published;
    return new ToxiproxyInContainer(published, client, 'published', published.getHost());
  }

  /** Takes one of the ports for proxies. Throws when all are taken. */
  reserveListener(): Listener {
    const port = this.#freePorts.shift();
    if (port === undefined) {
      throw new ChaosError(
        'misuse',
        `a deployment in containers can have ${LISTENER_PORTS} links at the most: one per replica, and one per node for clients`,
      );
    }
    return {
      listen: `0.0.0.0:${port}`,
      inside: { host: this.#name, port },
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
