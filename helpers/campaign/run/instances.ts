import type { Deployment } from '../../deployment/deployment.ts';
import type { Instance } from '../../deployment/instance.ts';
import type { Node } from '../../deployment/node.ts';
import type { Snapshot } from '../../observe/snapshot.ts';

/** All nodes, then all Sentinels. */
export function instancesOf({ nodes, sentinels }: Deployment): readonly Instance[] {
  return [...nodes, ...sentinels];
}

/** The node or Sentinel of that name. */
export function instanceNamed(deployment: Deployment, name: string): Instance {
  return deployment.sentinels.find((one) => one.name === name) ?? deployment.node(name);
}

/** The node that a replica says it follows. Undefined for a master, and for an address of nobody's. */
export function upstreamOf(
  deployment: Deployment,
  { name }: Node,
  { upstream }: Snapshot,
): Node | undefined {
  if (upstream === undefined) return undefined;
  const { host, port } = upstream;
  const own = deployment.links.find(
    ({ link, from }) => from === name && link.inside.port === port && link.inside.host === host,
  );
  const upstreamName = own?.to.name ?? deployment.whoIs({ host, port });
  return deployment.nodes.find((node) => node.name === upstreamName);
}
