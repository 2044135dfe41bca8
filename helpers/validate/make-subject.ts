import type { Config } from '../deployment/config.ts';
import { Deployment } from '../deployment/deployment.ts';
import type { Driver } from '../deployment/driver.ts';
import { sentinels } from '../deployment/sentinels/plan.ts';
import { masterWithReplicas, type NodeSpec, topology } from '../deployment/topology.ts';
import { byName, type Prepared, textFor } from './file/prepare.ts';
import type { Subject } from './subject.ts';

const MASTER_NAME = 'mymaster';

/** A configuration on servers of a driver. */
export function makeSubject(driver: Driver, prepared: Prepared): Subject {
  return {
    target: driver.target,
    directives: byName(prepared.kept),
    start: ({ replicas, sentinels: count = 0, more = {} }) => {
      const plain = masterWithReplicas(replicas);
      const nodes = plain.nodes.map((spec) => ({ ...spec, ...nodeFor(prepared, more) }));
      if (count === 0) return Deployment.start(driver, topology(nodes));
      const { login } = prepared.node;
      return Deployment.start(
        driver,
        sentinels(count, topology(nodes), {
          masterName: MASTER_NAME,
          evenOnPurpose: true,
          settings: {
            ...(login?.password !== undefined && { 'auth-pass': login.password }),
            ...(login?.username !== undefined && { 'auth-user': login.username }),
          },
        }),
      );
    },
  };
}

/** What a node is but for its name and place, with more directives laid over the configuration. */
export function nodeFor({ kept, node, own }: Prepared, more: Config = {}): Omit<NodeSpec, 'name'> {
  return { ...node, text: textFor(kept, more), config: { ...own, ...more } };
}
