import { ChaosError } from '../errors.ts';
import type { Deployment } from './deployment.ts';
import type { Node } from './node.ts';

/** What nodes say that they are: `master`, `replica`. */
export async function rolesOf(...nodes: readonly Node[]): Promise<string[]> {
  return Promise.all(nodes.map(async (node) => (await node.role()).role));
}

/** The first replica that is not the heir: the one that has to follow it. */
export function siblingOf({ replicas }: Pick<Deployment, 'replicas'>, heir: Node): Node {
  const sibling = replicas.find((replica) => replica !== heir);
  if (sibling === undefined) throw new ChaosError('misuse', `${heir.name} has no sibling`);
  return sibling;
}
