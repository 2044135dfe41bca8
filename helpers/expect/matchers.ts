import { expect } from 'vitest';
import type { History } from '../check/psync-model.ts';
import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import type { ResyncEvent } from '../observe/resync.ts';
import { type ConvergenceExpectation, converged, holdsSameData } from './convergence.ts';
import { hasBecome } from './history.ts';
import {
  type LoopExpectation,
  looped,
  type ResyncExpectation,
  resynced,
  stayedInSync,
} from './resync.ts';

interface ReplicationMatchers {
  /** See `resynced`: how the replica synchronized since the last time this was asked. */
  toResync(kind: ResyncEvent['kind'], expectation?: ResyncExpectation): Promise<void>;
  /** See `looped`: one resync after another, each ended by the upstream for its output limit. */
  toLoop(kind: ResyncEvent['kind'], expectation?: LoopExpectation): Promise<void>;
  /** See `stayedInSync`: connected, and no resync since the last time `toResync` was asked. */
  toHaveStayedInSync(): Promise<void>;
  /** See `hasBecome`: its replication IDs, offset and backlog are what the model makes of those that it had. */
  toHaveBecome(predicted: History, from: History): Promise<void>;
  /** See `converged`: replication ID, offset, then data. */
  toConvergeWith(master: Node, expectation?: ConvergenceExpectation): Promise<void>;
  /** See `holdsSameData`: every key as it is now. */
  toHoldSameData(master: Node): Promise<void>;
}

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends ReplicationMatchers {}
}

expect.extend({
  toResync(replica: Node, kind: ResyncEvent['kind'], expectation?: ResyncExpectation) {
    return verdict(this, replica, () => resynced(replica, kind, expectation));
  },
  toLoop(replica: Node, kind: ResyncEvent['kind'], expectation?: LoopExpectation) {
    return verdict(this, replica, () => looped(replica, kind, expectation));
  },
  toHaveStayedInSync(replica: Node) {
    return verdict(this, replica, () => stayedInSync(replica));
  },
  toHaveBecome(node: Node, predicted: History, from: History) {
    return verdict(this, node, () => hasBecome(node, predicted, from));
  },
  toConvergeWith(replica: Node, master: Node, expectation?: ConvergenceExpectation) {
    return verdict(this, replica, () => converged(replica, master, expectation));
  },
  toHoldSameData(replica: Node, master: Node) {
    return verdict(this, replica, () => holdsSameData(replica, master));
  },
});

/** A violated expectation is a failed assertion; a machine that fails is not, and stays an error. */
async function verdict(
  { isNot }: { readonly isNot: boolean },
  { deployment }: Node,
  judge: () => Promise<unknown>,
): Promise<{ pass: boolean; message: () => string }> {
  // "Not a partial resync" would hold for a replica that never came back: say what is expected instead.
  if (isNot) throw new ChaosError('misuse', 'replication matchers have no `.not`');
  try {
    await judge();
    return { pass: true, message: () => 'holds' };
  } catch (thrown) {
    // Evidence of this moment, with the faults still in force.
    await deployment.collect();
    if (!(thrown instanceof ChaosError) || thrown.verdict === 'environment') throw thrown;
    return { pass: false, message: () => thrown.message };
  }
}
