import { Network } from 'testcontainers';
import type { Toxiproxy } from 'toxiproxy-node-client';
import { allOf } from '../../all-of.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import type { Driver, Listener, Proxying, Server, ServerSpec } from '../driver.ts';
import { noSwitches, serverFor } from '../sentinels/missing.ts';
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

/** What a driver consists of once it has started. */
interface Parts {
  readonly toxiproxy: ToxiproxyInContainer;
  readonly pools: ReadonlyMap<string, Pool<Place>>;
  /** Starts a Toxiproxy that has switches. */
  readonly startSwitches: () => Promise<ToxiproxyInContainer>;
  readonly watch: EngineWatch;
  readonly resources: AsyncDisposableStack;
}

/**
 * Servers and Toxiproxy as containers on one private network per worker. To make, start and remove a container
 * costs the engine a large part of a second of CPU: servers of one deployment after another use the same.
 */
export class ContainersDriver implements Driver {
  readonly target: ContainersTarget;
  readonly #resources: AsyncDisposableStack;
  readonly #toxiproxy: ToxiproxyInContainer;
  /** One for each image. */
  readonly #pools: ReadonlyMap<string, Pool<Place>>;
  readonly #startSwitches: Parts['startSwitches'];
  readonly #watch: EngineWatch;
  #switching: Promise<Proxying> | undefined;

  private constructor(target: ContainersTarget, parts: Parts) {
    this.target = target;
    this.#toxiproxy = parts.toxiproxy;
    this.#pools = parts.pools;
    this.#startSwitches = parts.startSwitches;
    this.#watch = parts.watch;
    this.#resources = parts.resources;
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
    const ofRun = { ...labels, [RUN_LABEL]: runId() };
    const toxiproxy = resources.use(
      await ToxiproxyInContainer.start(target.toxiproxy, network, ofRun),
    );
    const startSwitches = async (): Promise<ToxiproxyInContainer> => {
      const { switches } = target;
      if ('missing' in switches) throw new ChaosError('environment', noSwitches(switches));
      return ToxiproxyInContainer.start(switches, network, ofRun, 'switches');
    };
    // Every container has all ports to itself; different ones let an upstream's log tell replicas apart.
    let nextPort = FIRST_SERVER_PORT;
    const poolOf = (server: ServerInContainer): Pool<Place> =>
      new Pool<Place>(() => {
        const port = nextPort++;
        const name = `${network.getName()}-${port}`;
        const { reach } = toxiproxy;
        const surroundings = { network: network.getName(), labels, reach };
        return new ServerContainer({ server, name, port, ...surroundings });
      });
    const { sentinel } = target;
    const kinds = [...target.servers, ...('missing' in sentinel ? [] : [sentinel])];
    const pools = new Map(kinds.map((server) => [server.image, poolOf(server)]));
    resources.defer(() =>
      allOf([...pools.values()].flatMap(({ all }) => all).map((container) => container.remove())),
    );
    return new ContainersDriver(target, {
      toxiproxy,
      pools,
      startSwitches,
      watch,
      resources: resources.move(),
    });
  }

  get gone(): ChaosError | undefined {
    return this.#watch.gone;
  }

  get toxiproxy(): Toxiproxy {
    this.#watch.mustLive('ask Toxiproxy');
    return this.#toxiproxy.client;
  }

  async createServer({ name, kind, config, files, fileBytesMax }: ServerSpec): Promise<Server> {
    const server = serverFor(kind, this.target);
    const pool = this.#pools.get(server.image) as Pool<Place>;
    const { image, directives = [] } = server;
    const own = { 'protected-mode': 'no', dir: '/data' };
    const whole = (port: number) => [config({ ...own, port }), ...directives, ''].join('\n');
    const surroundings = { image, pool, watch: this.#watch };
    const spec = { name, config: whole, files, fileBytesMax };
    return new ContainerServer(spec, pool.take(), surroundings);
  }

  switching(): Promise<Proxying> {
    this.#switching ??= this.#withSwitches().then((toxiproxy) =>
      this.#watched(toxiproxy, 'address'),
    );
    return this.#switching;
  }

  async #withSwitches(): Promise<ToxiproxyInContainer> {
    if ('embeddedOn' in this.target.toxiproxy) return this.#toxiproxy;
    return this.#resources.use(
      await this.#watch.during('start a Toxiproxy with switches', this.#startSwitches),
    );
  }

  reserveListener(): Promise<Listener> {
    return this.#watched(this.#toxiproxy).reserveListener();
  }

  #watched(toxiproxy: ToxiproxyInContainer, by: 'name' | 'address' = 'name'): Proxying {
    const watch = this.#watch;
    return {
      get toxiproxy() {
        watch.mustLive('ask Toxiproxy');
        return toxiproxy.client;
      },
      reserveListener: async () => this.#watchedListener(toxiproxy.reserveListener(by)),
    };
  }

  #watchedListener(listener: Listener): Listener {
    const watch = this.#watch;
    return {
      listen: listener.listen,
      inside: listener.inside,
      get outside() {
        watch.mustLive('connect to a link');
        return listener.outside;
      },
      [Symbol.dispose]: () => listener[Symbol.dispose](),
    };
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
