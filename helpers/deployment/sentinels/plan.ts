import { ChaosError } from '../../errors.ts';
import type { Config } from '../config.ts';
import type { Identity } from '../tls.ts';
import type { Topology } from '../topology.ts';

/**
 * A Sentinel that has just tried to reach the old master waits a second before it connects to the new one, which counts as
 * silence of the new one: with a down-after of a second and less, failovers breed failovers.
 */
const DOWN_AFTER_MS = 2_000;

/** Sentinels to be, all of which watch the first node of the topology, its master. */
export interface SentinelsSpec {
  readonly names: readonly string[];
  /** By which Sentinels and their clients call the master and its replicas. */
  readonly masterName: string;
  readonly quorum: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  /** How many replicas are led to a new master at a time. */
  readonly parallelSyncs: number;
  /** Lines of each sentinel.conf after `sentinel`: `resolve-hostnames yes`. */
  readonly lines: readonly string[];
  /** What all servers announce instead of their address: a name that all of them resolve to it. */
  readonly hostName?: string;
  /** Other directives of each sentinel.conf, over what the deployment says. */
  readonly config: Config;
  /** They speak TLS alone, to each other, to nodes and to clients, as the nodes do. */
  readonly tls?: Identity;
  /** More for SENTINEL SET, by option: `{ 'auth-pass': 'secret' }`. */
  readonly settings: Readonly<Record<string, string | number>>;
}

export interface SentinelOptions extends Partial<Omit<SentinelsSpec, 'names' | 'tls'>> {
  /** There are as many Sentinels as can be cut into equal halves, and that is what the test is about. */
  readonly evenOnPurpose?: boolean;
}

/**
 * A topology watched by so many Sentinels, named `sentinel-1` and on. By default the quorum is a majority of them, a master
 * is down after 2 s, and a failover may take 3 s. Each path between any two servers then has a link of its own.
 */
export function sentinels(
  count: number,
  watched: Topology,
  { evenOnPurpose = false, ...options }: SentinelOptions = {},
): Topology {
  if (!Number.isInteger(count) || count < 1) {
    throw new ChaosError('misuse', `sentinels: ${count}, expected an integer of at least 1`);
  }
  if (count % 2 === 0 && !evenOnPurpose) {
    throw new ChaosError(
      'misuse',
      `sentinels: ${count} of them tolerate the loss of no more than ${count - 1} do, and halves of them elect nobody: take ${count - 1} or ${count + 1}, or say evenOnPurpose if that is what the test is about`,
    );
  }
  const quorum = options.quorum ?? Math.floor(count / 2) + 1;
  if (!Number.isInteger(quorum) || quorum < 1 || quorum > count) {
    throw new ChaosError(
      'misuse',
      `sentinels: a quorum of ${quorum}, expected an integer from 1 to ${count}, the number of Sentinels`,
    );
  }
  const names = Array.from({ length: count }, (_, index) => `sentinel-${index + 1}`);
  const [master] = watched.nodes;
  if (master === undefined) {
    throw new ChaosError('misuse', 'sentinels: the topology has no node that they could watch');
  }
  const { tls } = master;
  for (const node of watched.nodes) {
    const { name } = node;
    if ((node.tls === undefined) !== (tls === undefined)) {
      throw new ChaosError(
        'misuse',
        `sentinels: ${name} speaks ${tls === undefined ? 'TLS alone' : 'no TLS'}, other than ${master.name}: Sentinels speak to all of them in one way`,
      );
    }
    if (names.includes(name)) {
      throw new ChaosError('misuse', `sentinels: a node is named ${name}, as a Sentinel is`);
    }
  }
  return {
    ...watched,
    sentinels: {
      names,
      masterName: 'mymaster',
      downAfterMs: DOWN_AFTER_MS,
      failoverTimeoutMs: 3_000,
      parallelSyncs: 1,
      lines: [],
      config: {},
      settings: {},
      ...options,
      quorum,
      ...(tls && { tls }),
    },
  };
}
