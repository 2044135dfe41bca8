/**
 * A list that one client appends to is, on every node and at all times, what its master's history begins with: no element
 * twice, none out of order, none before one that came earlier. A replica applies its master's stream in order, each byte once
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/replication/); an RDB is its state at one instant.
 *
 * A read tells length and last element. That fixes the length, up to writes of unknown outcome, which may stand anywhere
 * after their invocation, and up to those that may have been lost.
 */
import type { Operation, RunRecord } from '../../campaign/record.ts';
import { nameOf } from '../../campaign/workload/keys.ts';
import { disorder, type LedgerWrite } from '../ledger.ts';
import { appendsOf } from './appends.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { lossWindows } from './loss-windows.ts';
import { countFirst } from './ordered.ts';
import { losableWrites } from './steps-back.ts';
import { finalMaster } from './topology.ts';

export const prefixOrder: Checker = {
  name: 'prefix order',
  check: (record) => [...read(record), ...left(record)],
};

function read(record: RunRecord): Objection[] {
  const appends = appendsOf(record);
  const losable = losableWrites(lossWindows(record, 'seen'));
  const lists = new Map([...appends].map(([name, writes]) => [name, new List(writes, losable)]));
  return record.operations.flatMap((operation) => {
    const { kind, outcome, value, node, invokedAtMs, completedAtMs = Infinity } = operation;
    if (kind !== 'read-list' || outcome !== 'ok' || !Array.isArray(value)) return [];
    const [length, last = null] = value as readonly (string | null)[];
    const name = nameOf(operation);
    const list = lists.get(name) ?? new List([], losable);
    const objection = list.objectionTo(Number(length), last, completedAtMs);
    if (objection === undefined) return [];
    return [
      {
        verdict: 'correctness',
        text: `${name} on ${node} ${objection}, ${when(record, invokedAtMs)}`,
        atMs: invokedAtMs,
        nodes: [node],
      },
    ];
  });
}

/** What is known of a list by the writes to it. */
class List {
  readonly #writes: ReadonlyMap<string, LedgerWrite>;
  /** When those were acknowledged that must be there, in order, by node. */
  readonly #keptMs: ReadonlyMap<string, readonly number[]>;
  /** When each that may be there was asked for, in order. */
  readonly #possibleMs: readonly number[];

  constructor(writes: readonly LedgerWrite[], losable: ReturnType<typeof losableWrites>) {
    this.#writes = new Map(writes.map((write) => [write.id, write]));
    const kept = writes.filter((write) => write.outcome === 'ok' && !losable(write, Infinity));
    this.#keptMs = new Map(
      [...Map.groupBy(kept, ({ node }) => node)].map(([node, ofNode]) => [
        node,
        ofNode.map(latestMs).sort((a, b) => a - b || 0),
      ]),
    );
    this.#possibleMs = writes
      .filter(({ outcome }) => outcome !== 'failed')
      .map(({ invokedAtMs }) => invokedAtMs);
  }

  /** What is wrong with it as it was seen until an instant, in words. */
  objectionTo(length: number, last: string | null, seenMs: number): string | undefined {
    if (last === null) return length === 0 ? undefined : `has ${length} elements and no last one`;
    const write = this.#writes.get(last);
    if (write === undefined) return `ends with ${last}, which nobody appended`;
    if (write.outcome === 'failed') return `ends with ${last}, which was refused`;
    if (write.invokedAtMs > seenMs) return `ends with ${last}, before that was asked for`;
    // Beside Sentinels there can be two masters for a while: the one need not have what the other acknowledged.
    const keptMs = this.#keptMs.get(write.node) ?? [];
    const least = countFirst(keptMs, (ms) => ms < write.invokedAtMs) + 1;
    if (length < least) {
      return `has ${length} elements up to ${last}, and lacks some of the ${least} that were acknowledged until then`;
    }
    // The last itself is one of these.
    const untilMs = Math.min(seenMs, latestMs(write));
    const most = countFirst(this.#possibleMs, (ms) => ms <= untilMs);
    if (length <= most) return undefined;
    return `has ${length} elements up to ${last}, and only ${most} can be: some are there twice, or come too early`;
  }
}

/** When a write took effect at the latest. */
function latestMs({
  outcome,
  completedAtMs = Infinity,
}: Pick<Operation, 'outcome' | 'completedAtMs'>): number {
  return outcome === 'ok' ? completedAtMs : Infinity;
}

function left(record: RunRecord): Objection[] {
  const { final } = record;
  if (final === undefined) return [];
  const appends = appendsOf(record);
  const master = finalMaster(final);
  const isOneHistory = lossWindows(record, 'seen').length === 0;
  return final.nodes.flatMap(({ name: node, lists }) =>
    Object.entries(lists).flatMap(([name, ids]) => {
      const whole = master?.lists[name] ?? [];
      const isPrefix = ids.every((id, at) => at >= whole.length || id === whole[at]);
      const objections = [
        ...disorder(appends.get(name) ?? [], ids),
        ...(master === undefined || !isOneHistory || isPrefix
          ? []
          : [`differs from ${master.name} where that has elements too`]),
      ];
      return objections.map((objection) => ({
        verdict: 'correctness' as const,
        text: `${name} on ${node} in the end: ${objection}`,
        atMs: final.atMs,
        nodes: [node],
      }));
    }),
  );
}
