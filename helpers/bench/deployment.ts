import { Deployment } from '../deployment/deployment.ts';
import type { Driver } from '../deployment/driver.ts';
import { startDriver } from '../deployment/driver-for.ts';
import type { Target } from '../deployment/target.ts';
import { masterWithReplicas } from '../deployment/topology.ts';
import { resynced } from '../expect/resync.ts';
import { cut } from '../links/faults/index.ts';
import { median } from '../median.ts';
import { now } from '../timeline.ts';

const RUNS = 5;
const HOUR_MS = 3_600_000;

/** Times in milliseconds, each the median of five runs. */
export interface DeploymentBench {
  /** Toxiproxy and what it needs, once per test worker. */
  readonly driverMs: number;
  /** Master, two replicas and their proxies, until every replica is in sync. */
  readonly readyMs: number;
  /** Ending all of that. */
  readonly endMs: number;
  /**
   * What the harness adds to a cut and its heal: putting the fault in force, taking it back, and the time
   * from the line in which the server accepts the partial resync to the verdict.
   */
  readonly verdictMs: number;
}

/** Measures one target. */
export async function benchDeployment(target: Target): Promise<DeploymentBench> {
  const drivers: number[] = [];
  const ready: number[] = [];
  const end: number[] = [];
  const verdict: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const startedAtMs = now();
    await using driver = await startDriver(target);
    drivers.push(now() - startedAtMs);
    const one = await benchOnce(driver);
    ready.push(one.readyMs);
    end.push(one.endMs);
    verdict.push(one.verdictMs);
  }
  return {
    driverMs: median(drivers),
    readyMs: median(ready),
    endMs: median(end),
    verdictMs: median(verdict),
  };
}

async function benchOnce(driver: Driver): Promise<Omit<DeploymentBench, 'driverMs'>> {
  const startedAtMs = now();
  const deployment = await Deployment.start(driver, masterWithReplicas(2));
  const readyMs = now() - startedAtMs;
  const verdictMs = await verdictOverhead(deployment);
  const endingAtMs = now();
  await deployment[Symbol.asyncDispose]();
  return { readyMs, endMs: now() - endingAtMs, verdictMs };
}

async function verdictOverhead({ replica, master }: Deployment): Promise<number> {
  const applyingAtMs = now();
  const outage = await replica.link.apply(cut());
  const appliedAtMs = now();
  await outage.heal();
  const healedAtMs = now();
  await resynced(replica, 'partial');
  const judgedAtMs = now();
  const accepted = master.server.log.lines.findLast(({ text }) => /request .* accepted/.test(text));
  const decidedMs = withinHourMs(accepted?.stamp ?? '');
  // Server and harness share a clock, but not a time zone: within the hour they agree.
  const afterDecisionMs = ((judgedAtMs % HOUR_MS) - decidedMs + HOUR_MS) % HOUR_MS;
  return appliedAtMs - applyingAtMs + (healedAtMs - appliedAtMs) + afterDecisionMs;
}

/** Milliseconds since the full hour of a log's `21 Nov 2026 20:05:33.271`. */
function withinHourMs(stamp: string): number {
  const [, minutes = '0', seconds = '0'] = stamp.split(' ').at(-1)?.split(':') ?? [];
  return Number(minutes) * 60_000 + Math.round(Number(seconds) * 1_000);
}
