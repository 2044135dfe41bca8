import type { PlannedNode } from '../../campaign/plan.ts';
import type { FinalNode, FinalState, RunRecord } from '../../campaign/record.ts';

/** The node that is master when the run begins; without Sentinels, for as long as it lasts. */
export function rootOf({ head }: RunRecord): PlannedNode {
  const { nodes } = head.plan.topology;
  const root = nodes.find(({ replicaOf }) => replicaOf === undefined);
  if (root === undefined) throw new Error('the plan has no master');
  return root;
}

export function hasSentinels({ head }: RunRecord): boolean {
  return head.plan.topology.sentinels > 0;
}

/** The one node that is master in the end. Undefined if there is none, or more than one. */
export function finalMaster({ nodes }: FinalState): FinalNode | undefined {
  const [master, ...others] = nodes.filter(({ up, role }) => up && role === 'master');
  return others.length === 0 ? master : undefined;
}
