import type { Deployment } from '../deployment/deployment.ts';
import type { Node } from '../deployment/node.ts';
import { TILT_MS } from '../deployment/sentinels/bounds.ts';
import { runningSentinels } from '../deployment/sentinels/running.ts';
import type { Sentinel } from '../deployment/sentinels/sentinel.ts';
import { ChaosError } from '../errors.ts';
import { until } from '../until.ts';

/** An election that ends in a tie is held again after twice the failover timeout, more than once if need be. */
const FAILED_OVER_WITHIN_MS = 60_000 + TILT_MS;

export interface FailoverExpectation {
  /** Which Sentinels must tell of it. Default: all that run. */
  readonly by?: readonly Sentinel[];
  readonly withinMs?: number;
}

/**
 * Waits until Sentinels send clients to another node than before, all to the same, and it says itself that it is a
 * master. Returns that node.
 */
export async function failedOver(
  deployment: Deployment,
  from: Node,
  { by, withinMs = FAILED_OVER_WITHIN_MS }: FailoverExpectation = {},
): Promise<Node> {
  const told = by ?? runningSentinels(deployment);
  if (told.length === 0) {
    throw new ChaosError('misuse', 'failedOver: no Sentinel runs that could tell of it');
  }
  const seen = await until(
    async () => {
      const masters = await Promise.all(told.map((sentinel) => sentinel.masterNamed()));
      const [first = ''] = masters;
      const isSettled = first !== from.name && masters.every((one) => one === first);
      const role = isSettled ? (await deployment.node(first).role()).role : 'not asked';
      return { masters, role };
    },
    ({ role }) => role === 'master',
    {
      what: `${told.map(({ name }) => name).join(', ')} to send clients to another master than ${from.name}`,
      withinMs,
    },
  );
  const master = deployment.node(seen.masters[0] as string);
  deployment.timeline.record(master.name, `is master in place of ${from.name}`);
  return master;
}
