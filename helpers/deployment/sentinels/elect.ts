import { until } from '../../until.ts';
import type { Deployment } from '../deployment.ts';
import { setOnAll } from './ask-all.ts';
import { NEVER_MET, SENTINEL_WITHIN_MS } from './bounds.ts';
import { runningSentinels } from './running.ts';

/** A Sentinel passes over a replica whose INFO is older than 5 s (sentinel.c, sentinelSelectSlave); it asks each second then. */
const FRESH_MS = 2_000;

/** From here on Sentinels count a master as down, and vote, and none begins a failover: until `letElect`. */
export async function holdElections(deployment: Deployment): Promise<void> {
  await setOnAll(deployment, { quorum: NEVER_MET });
}

export interface Election {
  /** Sentinels that count the master as down; the first may replace it. Default: all that run. */
  readonly by?: Deployment['sentinels'];
  /** Replicas to choose among, as far as a Sentinel shows them. Default: all. */
  readonly among?: Deployment['replicas'];
}

/**
 * After `holdElections`, when the master is gone: waits until these Sentinels count it as down and the first of them has
 * just heard from each of these replicas. Then that one may replace the master. Without that a replica that is late to say how it is, as on a busy machine, is passed over; and two that
 * begin at once may each miss the majority.
 */
export async function letElect(
  deployment: Deployment,
  { by = runningSentinels(deployment), among = deployment.replicas }: Election = {},
): Promise<void> {
  const [first] = by;
  await until(
    async () => {
      const masters = await Promise.all(by.map((sentinel) => sentinel.master()));
      const replicas = (await first?.replicas()) ?? [];
      return {
        downFor: masters.filter(({ flags }) => flags.includes('s_down')).length,
        heard: replicas.flatMap((one) =>
          one.infoAgeMs < FRESH_MS && !one.flags.includes('s_down') ? deployment.whoIs(one) : [],
        ),
      };
    },
    ({ downFor, heard }) =>
      downFor === by.length && among.every(({ name }) => heard.includes(name)),
    {
      what: `${namesOf(by)} to count the master as down, and the first of them to have heard ${namesOf(among)}`,
      withinMs: SENTINEL_WITHIN_MS,
    },
  );
  await first?.set({ quorum: Math.floor(deployment.sentinels.length / 2) + 1 });
  deployment.timeline.record('sentinels', `${first?.name} may replace the master`);
}

function namesOf(all: readonly { readonly name: string }[]): string {
  return all.map(({ name }) => name).join(', ');
}
