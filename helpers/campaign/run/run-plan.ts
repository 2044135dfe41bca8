import { Deployment } from '../../deployment/deployment.ts';
import type { Driver } from '../../deployment/driver.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import { now } from '../../timeline.ts';
import type { Journal } from '../journal.ts';
import { RECORD_FORMAT } from '../journal-lines.ts';
import type { Plan } from '../plan.ts';
import type { RecordHead, RunRecord } from '../record.ts';
import { connectClients } from '../workload/clients.ts';
import { plannedTopology } from './planned-topology.ts';
import type { Progress } from './progress.ts';
import { Recorder } from './recorder.ts';
import { Run } from './run.ts';

export interface RunOptions {
  /** Takes down what comes to be as it comes. The run ends it. */
  readonly journal?: Journal;
  /** Called about twice a second. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Asked every few seconds when the faults are over. Where the answer is yes, the run ends without waiting for convergence, and
   * without a final state.
   */
  readonly isDecided?: (record: RunRecord) => boolean;
  /** Ends the run early: what was recorded is given, without a final state. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a plan, once: starts its deployment and its clients, puts its faults in force, heals all, and waits until everything
 * has converged. Whatever the servers do, and whatever fails meanwhile, is data in the record. Throws only before
 * there is one: for a plan that cannot be run, or a deployment that does not start.
 */
export async function runPlan(
  driver: Driver,
  plan: Plan,
  {
    journal,
    onProgress = () => {},
    isDecided,
    signal = new AbortController().signal,
  }: RunOptions = {},
): Promise<RunRecord> {
  const topology = plannedTopology(plan);
  const notEnded: unknown[] = [];
  await using deployment = await Deployment.start(driver, topology, {
    notEnded: (thrown) => notEnded.push(thrown),
  });
  const head = await headOf(driver, deployment, plan);
  await using clients = await connectClients(deployment, plan, {
    clock: now,
    record: (operation) => recorder.add(operation),
  });
  // Not before all can begin: a plan counts on what its clients do from then on.
  const readyAtMs = now();
  const recorder = new Recorder({ ...head, readyAtMs }, now, journal);
  try {
    await new Run({
      driver,
      deployment,
      plan,
      clients,
      recorder,
      readyAtMs,
      onProgress,
      isDecided,
      signal,
    }).all();
  } catch (thrown) {
    const verdict = thrown instanceof ChaosError ? thrown.verdict : 'environment';
    recorder.trouble(verdict, `the run broke off: ${messageOf(thrown)}`);
  }
  await deployment[Symbol.asyncDispose]();
  for (const thrown of notEnded) {
    recorder.trouble('environment', `not ended cleanly: ${messageOf(thrown)}`);
  }
  await recorder.end();
  return recorder.record();
}

async function headOf(
  { target }: Driver,
  deployment: Deployment,
  plan: Plan,
): Promise<Omit<RecordHead, 'readyAtMs'>> {
  const servers = await Promise.all(
    deployment.nodes.map(async (node) => {
      const { product, version, isReference } = await node.snapshot();
      return [node.name, isReference ? 'reference' : `${product} ${version}`] as const;
    }),
  );
  return {
    format: RECORD_FORMAT,
    plan,
    target: { name: target.name, description: `${target.product} ${target.version}` },
    servers: Object.fromEntries(servers),
  };
}
