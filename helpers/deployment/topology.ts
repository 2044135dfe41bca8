import { ChaosError } from '../errors.ts';
import type { Config } from './config.ts';
import type { Credentials } from './control.ts';
import type { SentinelsSpec } from './sentinels/plan.ts';
import type { Identity } from './tls.ts';

/** One node to be: what it replicates from, and what its redis.conf says beyond the baseline. */
export interface NodeSpec {
  readonly name: string;
  /** Name of the node it is a replica of. A master has none. */
  readonly replicaOf?: string;
  /**
   * Name of the node that may hand over to it (FAILOVER). It announces where that node's link to it begins: a master follows
   * its heir to the address that it knows it by.
   */
  readonly heirOf?: string;
  readonly config?: Config;
  /** A redis.conf as its users wrote it, in place of the baseline: what the deployment says, and `config`, count more. */
  readonly text?: string;
  /** Who the test is to it. Default: whoever has the `requirepass` of `config`. */
  readonly login?: Credentials;
  /** No file that it writes gets longer: a disk that is full, to the server. Default: no limit. */
  readonly fileBytesMax?: number;
  /** Texts for files in its data folder, by name, where directives find them. They stay when data is lost. */
  readonly files?: Readonly<Record<string, string>>;
  /** Makes it speak TLS and nothing else, on its port and to its upstream. Taps of its stream speak none. */
  readonly tls?: Identity;
}

/** Nodes in an order in which every upstream stands before its replicas. */
export interface Topology {
  readonly nodes: readonly NodeSpec[];
  /** With them, every server announces an address that all others and clients can use. */
  readonly sentinels?: SentinelsSpec;
}

interface Configs {
  /** For every node. */
  readonly config?: Config;
  /** For the master only, over `config`. */
  readonly masterConfig?: Config;
  /** For every replica, over `config`. */
  readonly replicaConfig?: Config;
}

/** A master and its direct replicas, named `master` and `replica-1` to `replica-n`. */
export function masterWithReplicas(replicas: number, configs: Configs = {}): Topology {
  atLeast('replicas', replicas, 0);
  return topology([
    spec('master', undefined, configs),
    ...names('replica', replicas).map((name) => spec(name, 'master', configs)),
  ]);
}

/** A master and a line of replicas below it, each the replica of the one before: `replica-1` and on. */
export function chain(depth: number, configs: Configs = {}): Topology {
  atLeast('depth', depth, 1);
  const line = names('replica', depth);
  return topology([
    spec('master', undefined, configs),
    ...line.map((name, index) => spec(name, line[index - 1] ?? 'master', configs)),
  ]);
}

/** Names of replicas, each with the replicas below it. */
export interface Branches {
  readonly [name: string]: Branches;
}

/** A master and any tree below it: `tree({ left: { 'left-1': {} }, right: {} })`. */
export function tree(branches: Branches, configs: Configs = {}): Topology {
  const below = (upstream: string, children: Branches): NodeSpec[] =>
    Object.entries(children).flatMap(([name, grandchildren]) => [
      spec(name, upstream, configs),
      ...below(name, grandchildren),
    ]);
  return topology([spec('master', undefined, configs), ...below('master', branches)]);
}

/** A master, and servers that are masters of their own until a test makes them replicas. */
export function apart(others: readonly string[], config: Config = {}): Topology {
  return topology(['master', ...others].map((name) => ({ name, config })));
}

/**
 * Links between a node and the master at the head of its line: 0 for a master. A second node without an
 * upstream is one that a test will make a replica, and counts as one.
 */
export function depthOf({ nodes }: Topology, node: NodeSpec): number {
  const upstream = nodes.find(({ name }) => name === node.replicaOf);
  if (upstream !== undefined) return depthOf({ nodes }, upstream) + 1;
  return node.name === nodes[0]?.name ? 0 : 1;
}

/** Any set of nodes. Throws if a name is used twice, an upstream is not named before its replica, or an heir has no master. */
export function topology(nodes: readonly NodeSpec[]): Topology {
  const seen = new Set<string>();
  for (const { name, replicaOf } of nodes) {
    if (seen.has(name)) throw new ChaosError('misuse', `topology: two nodes are named ${name}`);
    if (replicaOf !== undefined && !seen.has(replicaOf)) {
      throw new ChaosError(
        'misuse',
        `topology: ${name} is a replica of ${replicaOf}, which is not among the nodes before it (${[...seen].join(', ') || 'none'})`,
      );
    }
    seen.add(name);
  }
  for (const { name, heirOf } of nodes) {
    if (heirOf !== undefined && !seen.has(heirOf)) {
      throw new ChaosError(
        'misuse',
        `topology: ${name} is the heir of ${heirOf}, which is not among the nodes (${[...seen].join(', ')})`,
      );
    }
  }
  return { nodes };
}

/** Nodes by distance from their master: the order in which a deployment starts. */
export function generations({ nodes }: Topology): readonly (readonly NodeSpec[])[] {
  const depths = new Map<string, number>();
  const result: NodeSpec[][] = [];
  for (const node of nodes) {
    const depth = node.replicaOf === undefined ? 0 : (depths.get(node.replicaOf) ?? 0) + 1;
    depths.set(node.name, depth);
    result[depth] = [...(result[depth] ?? []), node];
  }
  return result;
}

function spec(name: string, replicaOf: string | undefined, configs: Configs): NodeSpec {
  const own = replicaOf === undefined ? configs.masterConfig : configs.replicaConfig;
  const config = { ...configs.config, ...own };
  return replicaOf === undefined ? { name, config } : { name, replicaOf, config };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

function atLeast(what: string, value: number, minimum: number): void {
  if (!Number.isInteger(value) || value < minimum) {
    throw new ChaosError(
      'misuse',
      `topology: ${what} is ${value}, expected an integer of at least ${minimum}`,
    );
  }
}
