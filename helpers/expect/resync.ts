import { loopInWords, ROUNDS_MIN, resyncLoop } from '../check/resync-loop.ts';
import { disagreements } from '../deployment/agreement.ts';
import type { Node } from '../deployment/node.ts';
import type { ServedResync } from '../deployment/served-resyncs.ts';
import { ChaosError } from '../errors.ts';
import type { ResyncEvent, ResyncReason } from '../observe/resync.ts';
import { until } from '../until.ts';
import { mustAgreeWithModel } from './psync-model.ts';
import { resyncsInWords } from './resyncs-in-words.ts';

export interface ResyncExpectation {
  /** How many in a row, exactly, or any number but none. Default 1. */
  readonly times?: number | 'any';
  /** Why, in the upstream's own terms. Default: any reason that fits the kind. */
  readonly reason?: ResyncReason;
  /** Deadline in milliseconds for the replica to be connected again. Default 15 000. */
  readonly withinMs?: number;
}

interface Seen {
  readonly link: 'up' | 'down' | 'is a master';
  readonly syncInProgress: boolean;
  readonly resyncs: readonly ServedResync[];
  /** Upstreams whose log and counters do not tell the same story, in words. */
  readonly disagreements: readonly string[];
}

/**
 * Waits until a replica is connected and has synchronized, then judges how: everything its upstreams
 * decided for it since the last judgement must be `times` times `kind`. The evidence is the upstream's
 * log, which names the replica and the reason; its counters (sync_full, sync_partial_ok) must agree with
 * it, and so must the model of PSYNC. Returns the resyncs; throws a ChaosError otherwise.
 */
export async function resynced(
  replica: Node,
  kind: ResyncEvent['kind'],
  expectation: ResyncExpectation = {},
): Promise<readonly ResyncEvent[]> {
  const { times = 1, withinMs = 15_000, reason } = expectation;
  const least = times === 'any' ? 1 : times;
  const expected = `${times === 1 ? `one ${kind} resync` : `${times} ${kind} resyncs`}${reason === undefined ? '' : ` (${reason})`}`;
  const seen = await until(
    () => see(replica),
    ({ link, syncInProgress, resyncs, disagreements }) =>
      link === 'up' && !syncInProgress && resyncs.length >= least && disagreements.length === 0,
    {
      what: `${replica.name} to be connected after ${expected}`,
      withinMs,
      describe: (last) => describe(last as Seen),
    },
  );
  const wrong =
    (times !== 'any' && seen.resyncs.length !== times) ||
    seen.resyncs.some((one) => one.kind !== kind || (reason ?? one.reason) !== one.reason);
  if (wrong) {
    throw new ChaosError(
      'correctness',
      `${replica.name} was expected to make ${expected}, and made:\n${resyncsInWords(seen.resyncs)}`,
    );
  }
  await mustAgreeWithModel(replica, seen.resyncs);
  replica.deployment.judged(replica);
  replica.deployment.timeline.record(replica.name, `resynced as expected: ${expected}`);
  return seen.resyncs;
}

export interface LoopExpectation {
  /** How many rounds at least. Default and least 3. */
  readonly rounds?: number;
  /** Deadline in milliseconds for that many. Default 45 000. */
  readonly withinMs?: number;
}

/**
 * Waits until a replica is caught in a resync loop: everything its upstreams decided for it since the last judgement
 * must be of this kind, and at least so many in a row must have been ended by the upstream for its output limit.
 * The evidence is that of `resynced`.
 */
export async function looped(
  replica: Node,
  kind: ResyncEvent['kind'],
  { rounds = ROUNDS_MIN, withinMs = 45_000 }: LoopExpectation = {},
): Promise<void> {
  const { resyncs } = await until(
    () => see(replica),
    (seen) => seen.disagreements.length === 0 && (resyncLoop(seen.resyncs)?.rounds ?? 0) >= rounds,
    {
      what: `${replica.name} to be in a ${kind}-resync loop of ${rounds} rounds`,
      withinMs,
      describe: (last) => describe(last as Seen),
    },
  );
  if (resyncs.some((one) => one.kind !== kind)) {
    throw new ChaosError(
      'correctness',
      `${replica.name} was expected to make ${kind} resyncs alone, and made:\n${resyncsInWords(resyncs)}`,
    );
  }
  await mustAgreeWithModel(replica, resyncs);
  replica.deployment.judged(replica);
  const loop = resyncLoop(resyncs);
  if (loop !== undefined) replica.deployment.timeline.record(replica.name, loopInWords(loop));
}

/**
 * Judges that a replica is connected and has made no resync since the last judgement, by the same
 * evidence.
 */
export async function stayedInSync(replica: Node, withinMs = 5_000): Promise<void> {
  const { resyncs } = await until(
    () => see(replica),
    (seen) => seen.link === 'up' && seen.disagreements.length === 0,
    {
      what: `${replica.name} to be connected, with log and counters that agree`,
      withinMs,
      describe: (last) => describe(last as Seen),
    },
  );
  if (resyncs.length > 0) {
    throw new ChaosError(
      'correctness',
      `${replica.name} was expected to stay in sync, and made:\n${resyncsInWords(resyncs)}`,
    );
  }
}

async function see(replica: Node): Promise<Seen> {
  const { deployment } = replica;
  const told = await disagreements(deployment.nodes);
  const { upstream } = await replica.snapshot();
  return {
    link: upstream?.link ?? 'is a master',
    syncInProgress: upstream?.syncInProgress ?? false,
    resyncs: deployment.unjudgedResyncsOf(replica),
    disagreements: told,
  };
}

function describe({ link, syncInProgress, resyncs, disagreements }: Seen): string {
  return [
    `link ${link}${syncInProgress ? ', receiving an RDB' : ''}, ${resyncs.length} resyncs`,
    ...disagreements,
    resyncsInWords(resyncs),
  ].join('\n');
}
