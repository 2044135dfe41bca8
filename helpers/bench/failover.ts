import { Deployment } from '../deployment/deployment.ts';
import type { Driver } from '../deployment/driver.ts';
import { startDriver } from '../deployment/driver-for.ts';
import { sentinels } from '../deployment/sentinels/plan.ts';
import type { Target } from '../deployment/target.ts';
import { masterWithReplicas } from '../deployment/topology.ts';
import { now } from '../timeline.ts';
import { until } from '../until.ts';
import { sentinelClient } from '../workload/sentinel-client.ts';
import { type Spread, spread } from './spread.ts';

const RUNS = 20;
const DOWN_AFTER_MS = 2_000;
const WITHIN_MS = 60_000;

export interface FailoverBench {
  readonly runs: number;
  /** After which a Sentinel takes a master for down: the part of it all that is configured. */
  readonly downAfterMs: number;
  /** Milliseconds from the kill of the master to the first write after it that a client was told of. */
  readonly writableMs: Spread;
  /** The median, as a multiple of `downAfterMs`. */
  readonly timesDownAfter: number;
}

/**
 * Kills the master of two replicas and three Sentinels, each time of a new deployment. The client is ioredis in Sentinel
 * mode with its own defaults, so that its pauses between attempts to connect are part of it.
 */
export async function benchFailover(target: Target): Promise<FailoverBench> {
  await using driver = await startDriver(target);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await failoverMs(driver));
  const writableMs = spread(times);
  return {
    runs: RUNS,
    downAfterMs: DOWN_AFTER_MS,
    writableMs,
    timesDownAfter: writableMs.median / DOWN_AFTER_MS,
  };
}

async function failoverMs(driver: Driver): Promise<number> {
  await using deployment = await Deployment.start(
    driver,
    sentinels(3, masterWithReplicas(2), { downAfterMs: DOWN_AFTER_MS }),
  );
  using client = sentinelClient(deployment);
  await client.redis.set('before', '1');
  const killedAtMs = now();
  await deployment.master.kill();
  await until(
    () => client.redis.set('after', '1'),
    (reply) => reply === 'OK',
    { what: 'a write after the end of the master', withinMs: WITHIN_MS },
  );
  return now() - killedAtMs;
}
