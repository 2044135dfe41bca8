import { ChaosError, messageOf } from '../../errors.ts';
import {
  type Endpoint,
  endpointOf,
  type SeenMaster,
  type SeenReplica,
  type SeenServer,
  type SentinelEvent,
  seenMaster,
  seenReplicas,
  seenSentinels,
  sentinelEvents,
} from '../../observe/sentinel.ts';
import { until } from '../../until.ts';
import type { Address } from '../address.ts';
import type { Deployment } from '../deployment.ts';
import type { Server } from '../driver.ts';
import { Instance, type Surroundings } from '../instance.ts';
import { TILT_MS } from './bounds.ts';
import type { SentinelsSpec } from './plan.ts';

const EVENT_WITHIN_MS = 15_000 + TILT_MS;

/** Which event of a name is meant. */
export interface EventExpectation {
  /** What its text matches. Default: any. */
  readonly about?: RegExp;
  /** The earliest that counts, in milliseconds since the epoch. Default: any. */
  readonly sinceMs?: number;
  readonly withinMs?: number;
}

/**
 * A server in its other mode: it watches a master and its replicas, together with other Sentinels. Its state is its
 * configuration file, which it writes itself: that is the data that a restart keeps.
 */
export class Sentinel extends Instance {
  readonly spec: SentinelsSpec;

  constructor(
    deployment: Deployment,
    server: Server,
    surroundings: Pick<Surroundings, 'clientLink' | 'config' | 'announced' | 'tls'> & {
      readonly spec: SentinelsSpec;
    },
  ) {
    super(deployment, server, surroundings);
    this.spec = surroundings.spec;
  }

  override async start(args: readonly string[] = []): Promise<void> {
    try {
      await super.start(['--sentinel', ...args]);
    } catch (thrown) {
      if (this.server.exit === undefined) throw thrown;
      throw new ChaosError(
        'environment',
        `${this.name} was started as a server with --sentinel, and did not become one; is it a redis-server or valkey-server with that mode? ${messageOf(thrown)}`,
        { cause: thrown },
      );
    }
  }

  /** Starts a stopped or killed Sentinel again, with all that it knew. */
  override restart(): Promise<void> {
    return super.restart({ data: 'kept' });
  }

  /** SENTINEL MONITOR and SET: has it watch a master, under the name and with the settings of its plan. */
  async watch({ host, port }: Address): Promise<void> {
    const { masterName, quorum, downAfterMs, failoverTimeoutMs, parallelSyncs, settings } =
      this.spec;
    await this.call('SENTINEL', 'MONITOR', masterName, host, port, quorum);
    const options = {
      'down-after-milliseconds': downAfterMs,
      'failover-timeout': failoverTimeoutMs,
      'parallel-syncs': parallelSyncs,
      ...settings,
    };
    await this.set(options);
  }

  /** SENTINEL SET: options of the master it watches, by name. Kept over restarts. */
  async set(options: Readonly<Record<string, string | number>>): Promise<void> {
    await this.call('SENTINEL', 'SET', this.spec.masterName, ...Object.entries(options).flat());
  }

  /** SENTINEL FAILOVER. Rejects with its words: `INPROG ...`, `NOGOODSLAVE ...`. */
  async failOver(): Promise<void> {
    await this.call('SENTINEL', 'FAILOVER', this.spec.masterName);
  }

  /** What it knows of the master: SENTINEL MASTER. */
  async master(): Promise<SeenMaster> {
    return seenMaster(await this.#ask('MASTER'));
  }

  /** What it knows of replicas: SENTINEL REPLICAS. Those that it has ever seen stay until a reset. */
  async replicas(): Promise<SeenReplica[]> {
    return seenReplicas(await this.#ask('REPLICAS'));
  }

  /** What it knows of other Sentinels: SENTINEL SENTINELS. */
  async others(): Promise<SeenServer[]> {
    return seenSentinels(await this.#ask('SENTINELS'));
  }

  /** Names of the replicas and Sentinels that it knows; addresses of those that have no name here. */
  async known(): Promise<string[]> {
    const [replicas, others] = await Promise.all([this.replicas(), this.others()]);
    return [...replicas, ...others].map((one) => this.deployment.whoIs(one)).sort();
  }

  /** Where it sends clients: SENTINEL GET-MASTER-ADDR-BY-NAME. */
  async masterAddress(): Promise<Endpoint> {
    return endpointOf(await this.#ask('GET-MASTER-ADDR-BY-NAME'));
  }

  /** Name of the node that it sends clients to. */
  async masterNamed(): Promise<string> {
    return this.deployment.whoIs(await this.masterAddress());
  }

  /** SENTINEL CKQUORUM: its words, `OK ...` or `NOQUORUM ...`. */
  async quorumCheck(): Promise<string> {
    try {
      return String(await this.#ask('CKQUORUM'));
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message.startsWith('NOQUORUM')) return thrown.message;
      throw thrown;
    }
  }

  /** What it did and noticed, over all its starts. The evidence is its log, which has what it tells subscribers. */
  events(): SentinelEvent[] {
    return sentinelEvents(this.server.log.lines);
  }

  /** Waits for an event. Returns the first. */
  async event(
    name: string,
    { about = /(?:)/, sinceMs = 0, withinMs = EVENT_WITHIN_MS }: EventExpectation = {},
  ): Promise<SentinelEvent> {
    const since = () => this.events().filter(({ atMs }) => atMs >= sinceMs);
    const matches = (one: SentinelEvent) => one.name === name && about.test(one.text);
    const events = await until(since, (seen) => seen.some(matches), {
      what: `${this.name} to tell of ${name} ${about.source === '(?:)' ? '' : about}`.trim(),
      withinMs,
      describe: (seen) =>
        (seen as SentinelEvent[]).map((one) => `${one.name} ${one.text}`).join('; ') || 'no event',
    });
    return events.find(matches) as SentinelEvent;
  }

  /** All that it tells of what it watches. */
  async effectiveConfig(): Promise<string> {
    const told = await Promise.all(
      ['MASTERS', 'REPLICAS', 'SENTINELS'].map(async (what) => {
        const args = what === 'MASTERS' ? [] : [this.spec.masterName];
        const servers = (await this.observe('SENTINEL', what, ...args)) as string[][];
        const lines = servers.map((pairs) =>
          pairs.map((word, index) => `${word}${index % 2 === 0 ? ' ' : '\n'}`).join(''),
        );
        return [`# SENTINEL ${what}`, ...lines].join('\n');
      }),
    );
    return told.join('\n');
  }

  #ask(what: string): Promise<unknown> {
    return this.observe('SENTINEL', what, this.spec.masterName);
  }
}
