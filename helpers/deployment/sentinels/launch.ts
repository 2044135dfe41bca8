import { allOf } from '../../all-of.ts';
import type { Deployment } from '../deployment.ts';
import { generations } from '../topology.ts';
import { allAgree } from './agreement.ts';

/** Opens the links of all paths that a server can come to take: nodes to each other, Sentinels to all. */
export async function openAllPaths(deployment: Deployment): Promise<void> {
  const { nodes, sentinels } = deployment;
  const paths = [
    ...nodes.map((from) => ({ from, to: nodes })),
    ...sentinels.map((from) => ({ from, to: [...nodes, ...sentinels] })),
  ];
  await Promise.all(
    paths.flatMap(({ from, to }) =>
      to.filter((one) => one !== from).map((one) => deployment.link(from, one)),
    ),
  );
}

/** Makes replicas of running masters, as the topology has it, also after a restart. */
export async function attachReplicas(deployment: Deployment): Promise<void> {
  for (const generation of generations(deployment.topology)) {
    await allOf(
      generation.map(async ({ name, replicaOf }) => {
        if (replicaOf === undefined) return;
        const replica = deployment.node(name);
        await replica.replicaOf(deployment.node(replicaOf));
        await replica.call('CONFIG', 'REWRITE');
      }),
    );
  }
}

/** Has all Sentinels watch the master, and waits until they agree on what they see. */
export async function startWatching(deployment: Deployment): Promise<void> {
  const { master, sentinels } = deployment;
  const { inside } = deployment.announced(master);
  await allOf(sentinels.map((sentinel) => sentinel.watch(inside)));
  await allAgree(deployment, { master: master.name });
}
