import { leastConvergeMs } from '../draw/estimates.ts';
import { SENTINELS, sentinelNames } from '../draw/kinds.ts';
import type { Plan, PlannedNode } from '../plan.ts';
import { ddmin } from './ddmin.ts';
import { firstOf, type Pass } from './pass.ts';
import { namesInFaults } from './passes-faults.ts';

/** Without nodes that no fault is about. Replicas of one that goes replicate from its upstream. */
export const fewerNodes: Pass = async (plan, attempt) => {
  const needed = namesInFaults(plan);
  const [master] = plan.topology.nodes;
  const spare = plan.topology.nodes
    .map(({ name }) => name)
    .filter((name) => name !== master?.name && !needed.has(name));
  const keeping = (kept: readonly string[]) =>
    withoutNodes(plan, new Set(spare.filter((name) => !kept.includes(name))));
  const kept = await ddmin(spare, (some) =>
    attempt(`without ${spare.length - some.length} nodes`, keeping(some)),
  );
  return keeping(kept);
};

function withoutNodes(plan: Plan, gone: ReadonlySet<string>): Plan {
  const all = plan.topology.nodes;
  const upstreamOf = (name: string | undefined): string | undefined =>
    name !== undefined && gone.has(name)
      ? upstreamOf(all.find((node) => node.name === name)?.replicaOf)
      : name;
  const nodes = all
    .filter(({ name }) => !gone.has(name))
    .map((node): PlannedNode => {
      const replicaOf = upstreamOf(node.replicaOf);
      return replicaOf === undefined ? node : { ...node, replicaOf };
    });
  return { ...plan, topology: { ...plan.topology, nodes } };
}

/** None, or three, if no fault is about the others. */
export const fewerSentinels: Pass = (plan, attempt) => {
  const needed = namesInFaults(plan);
  const fewer = SENTINELS.filter((count) => count < plan.topology.sentinels);
  const candidates = fewer
    .filter((count) => {
      const left = sentinelNames(count);
      return sentinelNames(plan.topology.sentinels).every(
        (name) => left.includes(name) || !needed.has(name),
      );
    })
    .map((sentinels) => ({
      what: `${sentinels} Sentinels`,
      plan: { ...plan, topology: { ...plan.topology, sentinels } },
    }));
  return firstOf(plan, candidates, attempt);
};

/** Without directives: first of all nodes, then of single ones. */
export const fewerDirectives: Pass = async (plan, attempt) => {
  const { nodes } = plan.topology;
  const names = [...new Set(nodes.flatMap(({ config }) => Object.keys(config)))].sort();
  const ofAll = (kept: readonly string[]) =>
    withDirectives(plan, (_node, directive) => kept.includes(directive));
  const needed = await ddmin(names, (some) => attempt(directives(some), ofAll(some)));
  const plainer = ofAll(needed);
  const single = plainer.topology.nodes.flatMap(({ name, config }) =>
    Object.keys(config).map((directive) => `${name} ${directive}`),
  );
  const ofSome = (kept: readonly string[]) =>
    withDirectives(plainer, (node, directive) => kept.includes(`${node} ${directive}`));
  return ofSome(await ddmin(single, (some) => attempt(directives(some), ofSome(some))));
};

function directives(kept: readonly string[]): string {
  return kept.length === 0 ? 'no directives' : `of the directives ${kept.join(', ')}`;
}

function withDirectives(plan: Plan, isKept: (node: string, directive: string) => boolean): Plan {
  const nodes = plan.topology.nodes.map((node) => ({
    ...node,
    config: Object.fromEntries(
      Object.entries(node.config).filter(([directive]) => isKept(node.name, directive)),
    ),
  }));
  return { ...plan, topology: { ...plan.topology, nodes } };
}

/** As long as what is left may take to converge: what never does is known sooner. */
export const tighterBound: Pass = async (plan, attempt) => {
  const convergeWithinMs = leastConvergeMs(plan);
  if (convergeWithinMs >= plan.convergeWithinMs) return plan;
  const tighter = { ...plan, convergeWithinMs };
  const isFailing = await attempt(`convergence within ${convergeWithinMs} ms`, tighter);
  return isFailing ? tighter : plan;
};
