import { psyncObjection } from '../../check/psync-agreement.ts';
import type { PsyncRequest } from '../../check/psync-model.ts';
import type { LogLine } from '../../observe/log.ts';
import { psyncRequests } from '../../observe/psync-requests.ts';
import type { ResyncEvent } from '../../observe/resync.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import type { Seen } from './sampling.ts';

/** How long what a node was stays known: until its log was read for resyncs, and longer. */
const KEPT_MS = 20_000;
/** A log is read this long after it is written at the most, or the harness has stood still, which is told. */
const LOG_LATE_MS = 1_000;

/** What nodes were in the last seconds. */
export class Memories {
  readonly #all = new Map<object, Seen[]>();

  add(node: object, seen: Seen): void {
    const known = this.#all.get(node) ?? [];
    this.#all.set(node, known);
    if (known.at(-1) === seen) return;
    known.push(seen);
    while ((known[0]?.toMs ?? seen.toMs) < seen.toMs - KEPT_MS) known.shift();
  }

  of(node: object): readonly Seen[] {
    return this.#all.get(node) ?? [];
  }
}

/**
 * What the model of PSYNC objects to an upstream's decision, from what it was before and after, and what the replica's log
 * says it asked for. Undefined if nothing, or if it cannot be told: what it was is not known on both sides of the decision,
 * or its history became another between the two, or went on by more than its backlog holds.
 */
export function modelObjection(
  resync: ResyncEvent,
  upstreamWas: readonly Seen[],
  replicaLog: readonly LogLine[],
): string | undefined {
  const { boot, readAtMs, reason } = resync;
  if (reason === 'legacy-sync') return undefined;
  const inBoot = upstreamWas.filter((seen) => seen.boot === boot);
  const from = inBoot.findLastIndex(({ toMs }) => toMs < readAtMs - LOG_LATE_MS);
  const to = inBoot.findIndex(({ fromMs }) => fromMs > readAtMs);
  if (from < 0 || to < 0) return undefined;
  const [before, ...later] = inBoot.slice(from, to + 1).map(({ snapshot }) => snapshot);
  const after = later.at(-1);
  if (before === undefined || after === undefined) return undefined;
  if (!later.every((one) => isOneHistory(before, one))) return undefined;
  if (after.backlog.firstByteOffset > before.offset + 1) return undefined;
  const request = requestOf(resync, replicaLog);
  return request && psyncObjection(resync, request, { before, after });
}

function isOneHistory(one: Snapshot, other: Snapshot): boolean {
  return (
    one.role === other.role &&
    one.replid === other.replid &&
    one.replid2 === other.replid2 &&
    one.secondOffset === other.secondOffset &&
    one.backlog.active === other.backlog.active
  );
}

/** The last request in the replica's log that the upstream's words fit. */
function requestOf(
  { asked, readAtMs }: ResyncEvent,
  replicaLog: readonly LogLine[],
): PsyncRequest | undefined {
  if (asked.replid === '?') return { replid: '?', from: -1 };
  return psyncRequests(replicaLog).findLast(
    ({ replid, from, readAtMs: askedAtMs }) =>
      Math.abs(askedAtMs - readAtMs) < LOG_LATE_MS &&
      (asked.replid ?? replid) === replid &&
      (asked.from ?? from) === from,
  );
}
