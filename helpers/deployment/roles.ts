import type { Node } from './node.ts';

/** What nodes say that they are: `master`, `replica`. */
export async function rolesOf(...nodes: readonly Node[]): Promise<string[]> {
  return Promise.all(nodes.map(async (node) => (await node.role()).role));
}
