import { allOf } from '../all-of.ts';
import type { LostWrite } from '../check/ledger.ts';
import { ChaosError, messageOf } from '../errors.ts';
import type { Fault } from '../links/fault.ts';
import type { Link } from '../links/link.ts';
import { Switchboard } from '../links/switchboard.ts';
import { Timeline } from '../timeline.ts';
import { extensionsOf } from '../toxiproxy/extensions.ts';
import { until } from '../until.ts';
import { type Address, formatAddress } from './address.ts';
import { disagreements } from './agreement.ts';
import { commandLine } from './config.ts';
import { nodeConfig, sentinelConfig } from './config-files.ts';
import type { Driver, Proxying, Server, ServerSpec } from './driver.ts';
import type { Instance } from './instance.ts';
import { Memory } from './memory.ts';
import { Node } from './node.ts';
import { announcedByNode } from './sentinels/announced.ts';
import { attachReplicas, openAllPaths, startWatching } from './sentinels/launch.ts';
import type { SentinelsSpec } from './sentinels/plan.ts';
import { Sentinel } from './sentinels/sentinel.ts';
import { resyncsServedBy, type ServedResync } from './served-resyncs.ts';
import { tlsFiles, tlsOfClients } from './tls.ts';
import { depthOf, generations, type NodeSpec, type Topology } from './topology.ts';
import { CLIENT, Wiring } from './wiring.ts';

const LOGS_WITHIN_MS = 10_000;
const IN_SYNC_WITHIN_MS = 30_000;
const END_WITHIN_MS = 20_000;

type EndHook = (deployment: Deployment) => Promise<void>;

export interface DeploymentOptions {
  readonly beforeEnd?: EndHook;
  readonly notEnded?: (thrown: unknown) => void;
}

/** Running nodes with a proxy in every link. Leaving the scope ends all of them. */
export class Deployment implements AsyncDisposable {
  readonly topology: Topology;
  readonly timeline = new Timeline();
  readonly memory = new Memory();
  /** Acknowledged writes that were found to be lost. */
  readonly losses: LostWrite[] = [];
  readonly #driver: Driver;
  readonly #proxying: Proxying;
  readonly #switchboard: Switchboard | undefined;
  readonly #servers: Server[] = [];
  readonly #wiring: Wiring;
  readonly #nodes = new Map<string, Node>();
  readonly #sentinels = new Map<string, Sentinel>();
  /** Servers that speak TLS, and how clients do so with them. */
  readonly #tls = new Map<Server, NonNullable<Address['tls']>>();
  readonly #judged = new Map<string, number>();
  readonly #notEnded: DeploymentOptions['notEnded'];
  #beforeEnd: EndHook | undefined;

  private constructor(
    driver: Driver,
    proxying: Proxying,
    topology: Topology,
    options: DeploymentOptions,
  ) {
    this.#driver = driver;
    this.#proxying = proxying;
    this.#switchboard =
      topology.sentinels && new Switchboard(proxying, topology.sentinels.hostName);
    this.#beforeEnd = options.beforeEnd;
    this.#notEnded = options.notEnded;
    this.topology = topology;
    this.#wiring = new Wiring({
      proxying,
      timeline: this.timeline,
      switchboard: this.#switchboard,
      isSentinel: ({ name }) => topology.sentinels?.names.includes(name) ?? false,
      tlsOf: (server) => this.#tls.get(server),
      beforeHeal: () => this.look(),
    });
  }

  /**
   * Starts all nodes, upstreams before their replicas, and waits until every replica is in sync, and all Sentinels agree.
   * If any of it fails, nothing is left running. `beforeEnd` is called once while the nodes still run.
   * `notEnded` takes what keeps the deployment from ending; without it, leaving the scope throws that, and
   * a failure inside the scope is hidden behind it.
   */
  static async start(
    driver: Driver,
    topology: Topology,
    options: DeploymentOptions = {},
  ): Promise<Deployment> {
    const { sentinels } = topology;
    const proxying = sentinels === undefined ? driver : await driver.switching();
    const deployment = new Deployment(driver, proxying, topology, options);
    try {
      if (sentinels === undefined) await deployment.#startByGeneration();
      else await deployment.#startAnnouncing(sentinels);
      await Promise.all(deployment.replicas.map((replica) => deployment.inSync(replica)));
      await deployment.logsComplete();
      if (sentinels !== undefined) await startWatching(deployment);
      await deployment.#switchboard?.mustTellApart();
    } catch (thrown) {
      // What went wrong first is what is told, also when the end of it fails, too.
      await deployment[Symbol.asyncDispose]().catch(() => {});
      throw thrown;
    }
    for (const replica of deployment.replicas) deployment.judged(replica);
    deployment.timeline.record('deployment', 'ready: every replica is in sync');
    return deployment;
  }

  /** In the order of the topology. */
  get nodes(): readonly Node[] {
    return this.topology.nodes
      .map(({ name }) => this.#nodes.get(name))
      .filter((node) => node !== undefined);
  }

  /** The first node of the topology. */
  get master(): Node {
    const [master] = this.nodes;
    if (master === undefined) throw new ChaosError('misuse', 'the topology has no nodes');
    return master;
  }

  /** The nodes that the topology made replicas, in its order. */
  get replicas(): readonly Node[] {
    return this.nodes.filter((node) => this.#specOf(node)?.replicaOf !== undefined);
  }

  /** The first of them. */
  get replica(): Node {
    const [replica] = this.replicas;
    if (replica === undefined) throw new ChaosError('misuse', 'the topology has no replicas');
    return replica;
  }

  /** In the order of the topology. */
  get sentinels(): readonly Sentinel[] {
    const names = this.topology.sentinels?.names ?? [];
    return names.map((name) => this.#sentinels.get(name)).filter((one) => one !== undefined);
  }

  /** The Toxiproxy in the links. */
  get toxiproxy(): Proxying['toxiproxy'] {
    return this.#proxying.toxiproxy;
  }

  /** All links that have been opened, with the names of their ends. */
  get links(): Wiring['all'] {
    return this.#wiring.all;
  }

  /** Name of the server that announces an address, or the address where none does. */
  whoIs({ host, port }: Address): string {
    const all = [...this.nodes, ...this.sentinels];
    const found = all.find(({ name }) => this.#switchboard?.isAt(name, { host, port }));
    return found?.name ?? formatAddress({ host, port });
  }

  /** How clients of the test process reach the address that a server announces, and what that is. */
  announced({ name }: Instance): { readonly inside: Address; readonly outside: Address } {
    const [inside, outside] = [
      this.#switchboard?.addressOf(name),
      this.#switchboard?.outsideOf(name),
    ];
    if (inside === undefined || outside === undefined) {
      throw new ChaosError('misuse', `${name} announces no address: its topology has no Sentinels`);
    }
    return { inside, outside };
  }

  node(name: string): Node {
    return named('node', name, this.#nodes);
  }

  sentinel(name: string): Sentinel {
    return named('Sentinel', name, this.#sentinels);
  }

  /** The link on which a replica reaches the upstream its topology gave it. */
  linkOf(replica: Node): Link {
    const upstream = this.#specOf(replica)?.replicaOf;
    const link = upstream === undefined ? undefined : this.#wiring.opened(replica.name, upstream);
    if (link === undefined) {
      throw new ChaosError('misuse', `${replica.name} is a master in its topology: it has no link`);
    }
    return link;
  }

  /** The link on which one server reaches another; opened when first asked for. */
  link(from: Instance, to: Instance): Promise<Link> {
    return this.#wiring.link(from.name, to.server);
  }

  /** Leads all links to a server to its address, which it can have only once it has started. */
  retarget({ server }: Instance): Promise<void> {
    return this.#wiring.retarget(server);
  }

  /** Whether the Toxiproxy in the links has what a fault needs. */
  async has(extension: Fault['extension']): Promise<boolean> {
    if (extension === undefined) return true;
    return (await extensionsOf(this.toxiproxy.host)).includes(extension);
  }

  /** REPLICAOF at run time, through the link between the two; `undefined` for NO ONE. */
  async makeReplica(node: Node, upstream: Node | undefined): Promise<void> {
    if (upstream === undefined) {
      await node.call('REPLICAOF', 'NO', 'ONE');
      this.timeline.record(node.name, 'REPLICAOF NO ONE');
      return;
    }
    const { inside } = await this.link(node, upstream);
    await this.look();
    await node.call('REPLICAOF', inside.host, inside.port);
    this.timeline.record(node.name, `REPLICAOF ${upstream.name}`);
  }

  /** Looks at what all nodes are, before something happens that can make a replica ask again. Those that do not answer are passed over. */
  async look(): Promise<void> {
    const running = this.nodes.filter((node) => node.server.exit === undefined && !node.isPaused);
    await Promise.allSettled(running.map((node) => node.snapshot()));
  }

  /** The synchronizations of all replicas as their upstreams decided them, in order. */
  resyncs(): ServedResync[] {
    return resyncsServedBy(this.nodes);
  }

  /** Those of one replica. */
  resyncsOf(replica: Node): ServedResync[] {
    return this.resyncs().filter(({ replicaPort }) => replicaPort === replica.port);
  }

  /** Those that no expectation has judged yet. */
  unjudgedResyncsOf(replica: Node): ServedResync[] {
    return this.resyncsOf(replica).slice(this.#judged.get(replica.name) ?? 0);
  }

  /** What there is now is judged: the next expectation starts after it. */
  judged(replica: Node): void {
    this.#judged.set(replica.name, this.resyncsOf(replica).length);
  }

  /**
   * Waits until every log tells what the counters say: from here on, silence is evidence. To be asked before resyncs are
   * counted: offsets and data can be there before the line of the log that tells how.
   */
  async logsComplete(): Promise<void> {
    await until(
      () => disagreements(this.nodes),
      (found) => found.length === 0,
      { what: 'logs and counters to agree', withinMs: LOGS_WITHIN_MS, verdict: 'environment' },
    );
  }

  /** Waits until a replica's link is up and its upstream counts it as online. */
  async inSync(replica: Node, withinMs = IN_SYNC_WITHIN_MS): Promise<void> {
    await until(
      async () => {
        const { upstream } = await replica.snapshot();
        const states = await Promise.all(
          this.nodes.map(async (node) => (await node.snapshot()).replicas),
        );
        const seenAs = states.flat().find(({ port }) => port === replica.port)?.state;
        return { link: upstream?.link, seenAs };
      },
      ({ link, seenAs }) => link === 'up' && seenAs === 'online',
      { what: `${replica.name} to be in sync`, withinMs },
    );
  }

  /** Calls `beforeEnd` now: when something has failed, what the nodes say at that moment counts. */
  async collect(): Promise<void> {
    const look = this.#beforeEnd;
    this.#beforeEnd = undefined;
    await look?.(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#end();
    } catch (thrown) {
      this.timeline.record('deployment', `not ended cleanly: ${messageOf(thrown)}`);
      if (this.#notEnded === undefined) throw thrown;
      this.#notEnded(thrown);
    }
  }

  async #end(): Promise<void> {
    try {
      await this.collect();
    } finally {
      for (const one of [...this.nodes, ...this.sentinels]) one.disconnect();
      const servers = this.#servers.splice(0);
      // Of what a dead driver has run, nothing can be ended from here.
      if (this.#driver.gone === undefined) {
        await this.#wiring.remove();
        // None is given back while another still runs: what comes next on its address must not meet it.
        const ended = allOf(servers.map((server) => server.end('SIGKILL', END_WITHIN_MS)));
        await ended.finally(() => allOf(servers.map((server) => server[Symbol.asyncDispose]())));
      }
    }
  }

  #specOf(node: Node): NodeSpec | undefined {
    return this.topology.nodes.find(({ name }) => name === node.name);
  }

  async #startByGeneration(): Promise<void> {
    for (const generation of generations(this.topology)) {
      await allOf(generation.map((spec) => this.#add(spec)));
    }
  }

  /**
   * Who announces an address is led by the address it comes from, and that is known once all run: they start as masters,
   * and Sentinels that watch nothing.
   */
  async #startAnnouncing(spec: SentinelsSpec): Promise<void> {
    await allOf([
      ...this.topology.nodes.map((node) => this.#add(node)),
      ...spec.names.map((name) => this.#addSentinel(name, spec)),
    ]);
    await openAllPaths(this);
    await this.#wiring.route(this.#servers);
    await attachReplicas(this);
  }

  async #add(spec: NodeSpec): Promise<void> {
    const { name, replicaOf } = spec;
    const announced = await this.#switchboard?.reserve(name);
    const link =
      replicaOf === undefined || announced !== undefined
        ? undefined
        : await this.#wiring.link(name, this.node(replicaOf).server);
    const config = spec.config ?? {};
    const tls = spec.tls && tlsOfClients(spec.tls);
    const server = await this.#create({
      name,
      kind: depthOf(this.topology, spec),
      fileBytesMax: spec.fileBytesMax,
      config: (own) => nodeConfig(own, spec, { announced, upstream: link?.inside }),
      files: { ...spec.files, ...(spec.tls && tlsFiles(spec.tls)) },
    });
    if (tls !== undefined) this.#tls.set(server, tls);
    const clientLink = await this.#wiring.link(CLIENT, server);
    const heirLink = spec.heirOf && (await this.#wiring.link(spec.heirOf, server));
    const node = new Node(this, server, {
      config,
      login: spec.login,
      clientLink,
      announced,
      ...(heirLink && {
        announced: heirLink.inside,
        args: commandLine(announcedByNode(heirLink.inside)),
      }),
      ...(tls && { tls }),
    });
    this.#nodes.set(name, node);
    await node.start();
  }

  async #addSentinel(name: string, spec: SentinelsSpec): Promise<void> {
    const announced = await this.#switchboard?.reserve(name);
    const { config } = spec;
    const server = await this.#create({
      name,
      kind: 'sentinel',
      config: (own) => sentinelConfig(own, spec, announced),
      files: spec.tls === undefined ? {} : tlsFiles(spec.tls),
    });
    const tls = spec.tls && tlsOfClients(spec.tls);
    if (tls !== undefined) this.#tls.set(server, tls);
    const clientLink = await this.#wiring.link(CLIENT, server);
    const sentinel = new Sentinel(this, server, {
      config,
      announced,
      clientLink,
      spec,
      ...(tls && { tls }),
    });
    this.#sentinels.set(name, sentinel);
    await sentinel.start();
  }

  async #create(spec: Omit<ServerSpec, 'ownAddress'>): Promise<Server> {
    const ownAddress = this.#switchboard !== undefined;
    const server = await this.#driver.createServer({ ...spec, ownAddress });
    this.#servers.push(server);
    return server;
  }
}

function named<T>(what: string, name: string, all: ReadonlyMap<string, T>): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const names = [...all.keys()].join(', ') || 'none';
  throw new ChaosError('misuse', `no ${what} is named ${name}; there are ${names}`);
}
