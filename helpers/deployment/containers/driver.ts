import { Network } from 'testcontainers';
import type { Toxiproxy } from 'toxiproxy-node-client';
import { allOf } from '../../all-of.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import type { Driver, Listener, Server, ServerSpec } from '../driver.ts';
import {
  OWNER_LABEL,
  ownerLabelValue,
  RUN_LABEL,
  runId,
  SESSION_LABEL,
} from '../session/folder.ts';
import { Session } from '../session/session.ts';
import type { ContainersTarget, ServerInContainer } from '../target.ts';
import { ServerContainer } from './container.ts';
import { EngineWatch } from './engine-watch.ts';
import { networkName } from './leftovers.ts';
import { Pool } from './pool.ts';
import { ContainerServer, type Place } from './server.ts';
import { ToxiproxyInContainer } from './toxiproxy.ts';
import { watchedEngine } from './watched-engine.ts';

const FIRST_SERVER_PORT = 7001;

/**
 * Servers and Toxiproxy as containers on one private network per worker. To make, start and remove a container
 * costs the engine a large part of a second of CPU: servers of one deployment after another use the same.
 */
export class ContainersDriver implements Driver {
  readonly target: ContainersTarget;
  readonly addressing = { 'protected-mode': 'no', dir: '/data' };
  readonly #resources: AsyncDisposableStack;
  readonly #toxiproxy: ToxiproxyInContainer;
  /** One for each kind of server. */
  readonly #pools: readonly Pool<Place>[];
  readonly #watch: EngineWatch;

  private constructor(
    target: ContainersTarget,
    toxiproxy: ToxiproxyInContainer,
    pools: readonly Pool<Place>[],
    watch: EngineWatch,
    resources: AsyncDisposableStack,
  ) {
    this.target = target;
    this.#toxiproxy = toxiproxy;
    this.#pools = pools;
    this.#watch = watch;
    this.#resources = resources;
  }

  static async start(target: ContainersTarget): Promise<ContainersDriver> {
    if (!target.ryuk) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    const attempt = `start Toxiproxy (${JSON.stringify(target.toxiproxy)}) in the container engine`;
    let watch: EngineWatch | undefined;
    try {
      const watching = EngineWatch.open(await watchedEngine());
      watch = watching;
      return await watch.during(attempt, () => ContainersDriver.#start(target, watching));
    } catch (cause) {
      watch?.[Symbol.dispose]();
      if (watch?.gone !== undefined) throw cause;
      throw new ChaosError('environment', `cannot ${attempt}: ${messageOf(cause)}`, { cause });
    }
  }

  static async #start(target: ContainersTarget, watch: EngineWatch): Promise<ContainersDriver> {
    await using resources = new AsyncDisposableStack();
    resources.defer(() => watch[Symbol.dispose]());
    const session = resources.use(await Session.open({ usesContainers: true }));
    const labels = { [SESSION_LABEL]: session.id, [OWNER_LABEL]: ownerLabelValue() };
    // The end of the session removes it, and waits until the engine has let go of the containers in it.
    const network = await new Network({ nextUuid: () => networkName(session.id) }).start();
    const toxiproxy = resources.use(
      await ToxiproxyInContainer.start(target.toxiproxy, network, {
        ...labels,
        [RUN_LABEL]: runId(),
      }),
    );
    // Every container has all ports to itself; different ones let an upstream's log tell replicas apart.
    let nextPort = FIRST_SERVER_PORT;
    const pools = target.servers.map(
      (server) =>
        new Pool<Place>(() => {
          const port = nextPort++;
          const name = `${network.getName()}-${port}`;
          const { reach } = toxiproxy;
          const surroundings = { network: network.getName(), labels, reach };
          return new ServerContainer({ server, name, port, ...surroundings });
        }),
    );
    resources.defer(() =>
      allOf(pools.flatMap(({ all }) => all).map((container) => container.remove())),
    );
    return new ContainersDriver(target, toxiproxy, pools, watch, resources.move());
  }

  get gone(): ChaosError | undefined {
    return this.#watch.gone;
  }

  get toxiproxy(): Toxiproxy {
    this.#watch.mustLive('ask Toxiproxy');
    return this.#toxiproxy.client;
  }

  createServer({ name, depth, config, files, fileBytesMax }: ServerSpec): Promise<Server> {
    const kind = depth % this.target.servers.length;
    const pool = this.#pools[kind] as Pool<Place>;
    const { image, directives = [] } = this.target.servers[kind] as ServerInContainer;
    const whole = (port: number) => [config(port), ...directives, ''].join('\n');
    const surroundings = { image, pool, watch: this.#watch };
    const spec = { name, config: whole, files, fileBytesMax };
    return Promise.resolve(new ContainerServer(spec, pool.take(), surroundings));
  }

  reserveListener(): Promise<Listener> {
    const listener = this.#toxiproxy.reserveListener();
    const watch = this.#watch;
    return Promise.resolve({
      listen: listener.listen,
      inside: listener.inside,
      get outside() {
        watch.mustLive('connect to a link');
        return listener.outside;
      },
      [Symbol.dispose]: () => listener[Symbol.dispose](),
    });
  }

  /** What a dead engine does not give back is left to the watchdog and to `clean`, by the session's folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#resources.disposeAsync();
    } catch (thrown) {
      if (this.gone === undefined) throw thrown;
    }
  }
}
