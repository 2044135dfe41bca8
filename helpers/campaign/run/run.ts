import type { Deployment } from '../../deployment/deployment.ts';
import type { Driver } from '../../deployment/driver.ts';
import { messageOf } from '../../errors.ts';
import { now } from '../../timeline.ts';
import { idle } from '../../workload/pacing.ts';
import type { Plan } from '../plan.ts';
import type { FinalNode, NodeSample, RunRecord } from '../record.ts';
import type { Clients } from '../workload/clients.ts';
import { convergence, positionsOf } from './convergence.ts';
import { Faults } from './faults.ts';
import { finalNode } from './final-state.ts';
import { instancesOf } from './instances.ts';
import { linkTroubles } from './link-troubles.ts';
import { LogFollowing } from './log-following.ts';
import { Memories, modelObjection } from './model-objection.ts';
import { NodeFaults } from './node-faults.ts';
import { nodesOf, type Phase, type Progress } from './progress.ts';
import type { Recorder } from './recorder.ts';
import { Sampling } from './sampling.ts';
import { vigil } from './vigil.ts';

const PROGRESS_EVERY_MS = 500;
const DECIDED_EVERY_MS = 2_000;

interface Surroundings {
  readonly driver: Driver;
  readonly deployment: Deployment;
  readonly plan: Plan;
  readonly clients: Clients;
  readonly recorder: Recorder;
  readonly readyAtMs: number;
  readonly onProgress: (progress: Progress) => void;
  readonly isDecided: ((record: RunRecord) => boolean) | undefined;
  readonly signal: AbortSignal;
}

/** One run of a plan on a deployment that is ready. */
export class Run {
  readonly #surroundings: Surroundings;
  readonly #samplings: readonly Sampling[];
  readonly #nodeFaults: NodeFaults;
  readonly #faults: Faults;
  /** Ends the run early. */
  readonly #stopping = new AbortController();
  readonly #memories = new Memories();
  readonly #roles = new Map<string, NodeSample['role']>();
  #phase: Phase = 'chaos';
  #phaseSinceMs: number;
  #phaseTotalMs: number;
  #healedAtMs = 0;

  constructor(surroundings: Surroundings) {
    const { driver, deployment, plan, recorder, readyAtMs } = surroundings;
    this.#surroundings = surroundings;
    this.#phaseSinceMs = readyAtMs;
    this.#phaseTotalMs = plan.chaosMs;
    this.#nodeFaults = new NodeFaults({ deployment, recorder, clock: now });
    this.#samplings = deployment.nodes.map(
      (node) =>
        new Sampling(node, {
          seesProcesses: driver.target.driver === 'processes',
          clock: now,
          record: (sample) => recorder.add(sample),
          seen: (sample, seen) => {
            this.#followRole(sample);
            if (seen !== undefined) this.#memories.add(node, seen);
          },
        }),
    );
    this.#faults = new Faults({
      deployment,
      nodeFaults: this.#nodeFaults,
      samplings: this.#samplings,
      recorder,
      clock: now,
    });
  }

  /** From chaos to convergence. */
  async all(): Promise<void> {
    const { driver, deployment, recorder, readyAtMs, signal } = this.#surroundings;
    const stop = (): void => this.#stopping.abort();
    using _vigil = vigil({
      driver,
      instances: instancesOf(deployment),
      hasEnded: (instance) => this.#nodeFaults.hasEnded(instance),
      recorder,
      clock: now,
      onGone: stop,
    });
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const logs = new LogFollowing(deployment, {
      recorder,
      clock: now,
      judge: (resync, upstream, replica) =>
        modelObjection(resync, this.#memories.of(upstream), replica?.server.log.lines ?? []),
      sinceMs: readyAtMs,
    });
    const ending = new AbortController();
    const companions = [
      ...this.#samplings.map((sampling) => sampling.run(ending.signal)),
      logs.run(ending.signal),
      this.#tellProgress(ending.signal),
    ].map((work) =>
      work.catch((thrown: unknown) => {
        recorder.trouble('environment', `the harness failed: ${messageOf(thrown)}`);
      }),
    );
    try {
      await this.#phases();
    } finally {
      signal.removeEventListener('abort', stop);
      ending.abort();
      await Promise.all(companions);
      logs.finish();
      if (signal.aborted) {
        const afterMs = Math.round(now() - readyAtMs);
        recorder.trouble('inconclusive', `the run was stopped from outside after ${afterMs} ms`);
      }
      this.#enter('over', 0);
      this.#tell();
    }
  }

  async #phases(): Promise<void> {
    const { plan, clients, readyAtMs } = this.#surroundings;
    const stopped = this.#stopping.signal;
    this.#enter('chaos', plan.chaosMs, readyAtMs);
    clients.start();
    try {
      const over = new AbortController();
      const faults = this.#faults.run(plan.faults, readyAtMs, over.signal);
      await idle(Math.max(0, readyAtMs + plan.chaosMs - now()), stopped);
      if (!stopped.aborted) this.#enter('healing', plan.convergeWithinMs);
      over.abort();
      await faults;
      if (!stopped.aborted) await this.#revive();
      this.#healedAtMs = now();
    } finally {
      await clients.stop();
    }
    if (stopped.aborted) return;
    const ending = new AbortController();
    const deciding = this.#endWhenDecided(ending.signal);
    try {
      await this.#converge();
    } finally {
      ending.abort();
      await deciding;
    }
  }

  /** What was recorded until then may be enough: that all converges, or never does, need not be waited for. */
  async #endWhenDecided(signal: AbortSignal): Promise<void> {
    const { recorder, isDecided } = this.#surroundings;
    if (isDecided === undefined) return;
    while (!signal.aborted) {
      if (isDecided(recorder.record())) this.#stopping.abort();
      await idle(DECIDED_EVERY_MS, signal);
    }
  }

  /** Starts also those that have ended by themselves. */
  async #revive(): Promise<void> {
    const { deployment, recorder } = this.#surroundings;
    await Promise.all(
      instancesOf(deployment).map((instance) =>
        this.#nodeFaults.revive(instance).catch((thrown: unknown) => {
          recorder.trouble('environment', messageOf(thrown), instance.name);
        }),
      ),
    );
  }

  async #converge(): Promise<void> {
    const { driver, deployment, plan, recorder } = this.#surroundings;
    const healedAtMs = this.#healedAtMs;
    const { atMs, differences } = await convergence(deployment, {
      target: driver.target,
      deadlineMs: healedAtMs + plan.convergeWithinMs,
      clock: now,
      signal: this.#stopping.signal,
    });
    if (this.#stopping.signal.aborted) return;
    if (atMs === undefined) {
      for (const text of await linkTroubles(deployment)) recorder.trouble('environment', text);
    }
    if (atMs !== undefined) recorder.event({ what: 'phase', phase: 'converged' }, atMs);
    const positions = await positionsOf(deployment);
    const unread: string[] = [];
    const nodes = await Promise.all(
      deployment.nodes.map(async (node): Promise<FinalNode> => {
        const position = positions.get(node.name);
        try {
          return await finalNode(node, position, plan.workload);
        } catch (thrown) {
          unread.push(`what ${node.name} holds could not be read: ${messageOf(thrown)}`);
          return finalNode(node, undefined, plan.workload);
        }
      }),
    );
    recorder.add({
      type: 'final',
      atMs: now(),
      ...(atMs !== undefined && { convergedAfterMs: atMs - healedAtMs }),
      differences: [...differences, ...unread],
      nodes,
    });
  }

  #enter(phase: 'chaos' | 'healing' | 'over', totalMs: number, atMs = now()): void {
    this.#phase = phase;
    this.#phaseSinceMs = atMs;
    this.#phaseTotalMs = totalMs;
    this.#surroundings.recorder.event({ what: 'phase', phase }, atMs);
  }

  #followRole({ node, role, atMs }: NodeSample): void {
    if (role === undefined) return;
    const before = this.#roles.get(node);
    this.#roles.set(node, role);
    if (before === undefined || before === role) return;
    const what = role === 'master' ? 'promoted' : 'demoted';
    this.#surroundings.recorder.event({ what, node }, atMs);
  }

  async #tellProgress(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tell();
      await idle(PROGRESS_EVERY_MS, signal);
    }
  }

  #tell(): void {
    const { recorder, onProgress } = this.#surroundings;
    onProgress({
      phase: this.#phase,
      elapsedMs: now() - this.#phaseSinceMs,
      totalMs: this.#phaseTotalMs,
      nodes: nodesOf(this.#samplings.map(({ last }) => last)),
      faultsInForce: this.#faults.inForce,
      operations: { ...recorder.outcomes },
      resyncs: { ...recorder.resyncs },
      troubles: recorder.troubles,
    });
  }
}
