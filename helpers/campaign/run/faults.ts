import type { Deployment } from '../../deployment/deployment.ts';
import type { Node } from '../../deployment/node.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import { idle } from '../../workload/pacing.ts';
import type { FaultCondition, PlannedFault } from '../plan.ts';
import { type Begun, PassedOver } from './begun.ts';
import { holds, type Pair } from './conditions.ts';
import { instanceNamed, upstreamOf } from './instances.ts';
import { LinkFaults } from './link-faults.ts';
import type { NodeFaults } from './node-faults.ts';
import type { Recorder } from './recorder.ts';
import type { Sampling } from './sampling.ts';

const CONDITION_EVERY_MS = 20;

interface Surroundings {
  readonly deployment: Deployment;
  readonly nodeFaults: NodeFaults;
  readonly samplings: readonly Sampling[];
  readonly recorder: Recorder;
  readonly clock: () => number;
}

/** Puts the faults of a plan in force, each at its time, and ends each by time or condition. */
export class Faults {
  readonly #surroundings: Surroundings;
  readonly #linkFaults: LinkFaults;
  readonly #inForce = new Map<string, PlannedFault>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#linkFaults = new LinkFaults(surroundings.deployment);
  }

  get inForce(): readonly PlannedFault[] {
    return [...this.#inForce.values()];
  }

  /** Ends when all faults have: the signal ends those in force, and lets none begin. Never rejects. */
  async run(faults: readonly PlannedFault[], readyAtMs: number, over: AbortSignal): Promise<void> {
    await Promise.all(faults.map((fault) => this.#one(fault, readyAtMs, over)));
  }

  async #one(fault: PlannedFault, readyAtMs: number, over: AbortSignal): Promise<void> {
    const { recorder, clock } = this.#surroundings;
    const { id, atMs } = fault;
    await idle(Math.max(0, readyAtMs + atMs - clock()), over);
    if (over.aborted) return;
    let begun: Begun;
    try {
      begun = await this.#begin(fault);
    } catch (thrown) {
      this.#notDone(`${id} was not put in force`, thrown);
      recorder.event({ what: 'passed-over', fault: id, reason: messageOf(thrown) });
      return;
    }
    const { effect } = begun;
    this.#inForce.set(id, fault);
    recorder.event(
      { what: 'fault', fault: id, ...(effect !== undefined && { effect }) },
      begun.atMs,
    );
    const condition = await this.#untilEnd(fault, begun.atMs, over);
    try {
      const endedAtMs = await begun.end();
      recorder.event(
        { what: 'heal', fault: id, ...(condition !== undefined && { condition }) },
        endedAtMs,
      );
    } catch (thrown) {
      this.#notDone(`${id} was not ended`, thrown);
    }
    this.#inForce.delete(id);
  }

  #begin(fault: PlannedFault): Promise<Begun> {
    const { deployment, nodeFaults } = this.#surroundings;
    return fault.on === 'link'
      ? this.#linkFaults.begin(fault)
      : nodeFaults.begin(instanceNamed(deployment, fault.node), fault.fault);
  }

  /** What was meant to be done and was not, unless it made no sense. */
  #notDone(what: string, thrown: unknown): void {
    if (thrown instanceof PassedOver) return;
    const verdict = thrown instanceof ChaosError ? thrown.verdict : 'environment';
    this.#surroundings.recorder.trouble(verdict, `${what}: ${messageOf(thrown)}`);
  }

  /** Returns the condition that has ended it, if one has. */
  async #untilEnd(
    fault: PlannedFault,
    sinceMs: number,
    over: AbortSignal,
  ): Promise<FaultCondition | undefined> {
    const { clock, samplings } = this.#surroundings;
    const { end } = fault;
    if (end.after === 'time') {
      await idle(Math.max(0, sinceMs + end.ms - clock()), over);
      return undefined;
    }
    const calm = samplings.map((sampling) => sampling.hurry());
    try {
      while (!over.aborted && clock() < sinceMs + end.withinMs) {
        await idle(CONDITION_EVERY_MS, over);
        if (this.#holds(end.condition, fault, sinceMs)) return end.condition;
      }
      return undefined;
    } finally {
      for (const one of calm) one();
    }
  }

  #holds(condition: FaultCondition, fault: PlannedFault, sinceMs: number): boolean {
    const { samplings } = this.#surroundings;
    // What was seen before the fault says nothing of it.
    const fresh = samplings.flatMap(({ lastSeen }) =>
      lastSeen !== undefined && lastSeen.fromMs > sinceMs ? [lastSeen.snapshot] : [],
    );
    const pairs = this.#pairsOf(fault);
    const isFresh = ({ replica, upstream }: Pair): boolean =>
      fresh.includes(condition === 'noticed' ? replica : upstream);
    return holds(condition, pairs.filter(isFresh), fresh);
  }

  /** The replica and the upstream at the ends of a link; of a node, it and its upstream, or its replicas and it. */
  #pairsOf(fault: PlannedFault): Pair[] {
    const { deployment, samplings } = this.#surroundings;
    const all = samplings.flatMap(({ node, lastSeen }) => {
      if (lastSeen === undefined) return [];
      const upstream = upstreamOf(deployment, node, lastSeen.snapshot);
      return upstream === undefined ? [] : [{ node, upstream }];
    });
    const isMeant = (node: Node, upstream: Node): boolean =>
      fault.on === 'link'
        ? node.name === fault.from && upstream.name === fault.to
        : [node.name, upstream.name].includes(fault.node);
    return all
      .filter(({ node, upstream }) => isMeant(node, upstream))
      .flatMap(({ node, upstream }) => {
        const [replica, its] = [node, upstream].map(
          (one) => samplings.find((sampling) => sampling.node === one)?.lastSeen?.snapshot,
        );
        return replica === undefined || its === undefined ? [] : [{ replica, upstream: its }];
      });
  }
}
