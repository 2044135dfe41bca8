/**
 * What became of acknowledged writes, held against what was promised of them. Every write appended a value of its own
 * to one list, so the list that is left in the end tells of each whether it is there, how often, and after which other.
 *
 * Replication loses the end of a history, never its middle: what a replica holds is a prefix of what its master
 * did. So a loss that a promise allows is still wrong where a later write to the same master has been kept.
 */
import type { Outcome } from '../workload/outcome.ts';
import { printable } from './printable.ts';

/** One write as its client saw it. Instants are milliseconds of one clock for all writes. */
export interface LedgerWrite {
  /** The value that it appended, which is no other write's. */
  readonly id: string;
  /** Name of the node that was asked. */
  readonly node: string;
  readonly invokedAtMs: number;
  /** Absent if it was never heard of again; its outcome is then `unknown`. */
  readonly completedAtMs?: number;
  readonly outcome: Outcome;
  /** The reply of WAIT. Absent where WAIT was not asked, or did not answer. */
  readonly confirmedBy?: number;
  /** Why the outcome is not `ok`. */
  readonly error?: string;
}

/** A time in which one reign of a master may lose what it acknowledges. Out of such windows nothing may be lost. */
export interface LossWindow {
  /** Name of the master. */
  readonly node: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** What made it so, as a noun: `the partition`. */
  readonly cause: string;
  /** What so many replicas have confirmed may not be lost all the same. Absent: a confirmation promises nothing. */
  readonly keepsConfirmedBy?: number;
}

/** An acknowledged write that is not there. */
export interface LostWrite {
  readonly write: LedgerWrite;
  /** In words. */
  readonly reason: string;
}

export interface LedgerJudgement {
  /** How many writes had each outcome, as their clients know it. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Acknowledged and gone, allowed or not, in order of their invocation. */
  readonly lost: readonly LostWrite[];
  /** From the invocation of the first of them to the completion of the last. 0 if none is lost. */
  readonly lostForMs: number;
  /** Writes of unknown outcome that are there. */
  readonly unknownKept: number;
  /** Losses that break a promise, in words, a line each. */
  readonly breaches: readonly string[];
  /** What must not be, in words, a line each: losses, then disorder. Empty: every promise was kept. */
  readonly objections: readonly string[];
}

/**
 * Judges the writes of a ledger by the list that is left of them, in its order, and by where loss was allowed. An
 * unknown write may be there or not.
 */
export function judgeLedger(
  writes: readonly LedgerWrite[],
  left: readonly string[],
  windows: readonly LossWindow[] = [],
): LedgerJudgement {
  const isLeft = new Set(left);
  const outcomes = { ok: 0, failed: 0, unknown: 0 };
  for (const { outcome } of writes) outcomes[outcome] += 1;
  const kept = writes.filter(({ id }) => isLeft.has(id));
  const gone = writes
    .filter(({ id, outcome }) => outcome === 'ok' && !isLeft.has(id))
    .sort((a, b) => a.invokedAtMs - b.invokedAtMs);
  const losses = gone.map((write) => judgeLoss(write, windows));
  const known = kept.filter(({ outcome }) => outcome === 'ok');
  const breaches = [
    ...losses.flatMap(({ isAllowed, write, reason }) =>
      isAllowed ? [] : [`${inWords(write)} is lost: ${reason}`],
    ),
    ...holes(gone, known, windows),
  ];
  return {
    outcomes,
    lost: losses.map(({ write, reason }) => ({ write, reason })),
    lostForMs: spanMs(gone),
    unknownKept: kept.length - known.length,
    breaches,
    objections: [...breaches, ...disorder(writes, left)],
  };
}

function judgeLoss(
  write: LedgerWrite,
  windows: readonly LossWindow[],
): LostWrite & { readonly isAllowed: boolean } {
  const told = write.confirmedBy === undefined ? '' : `, confirmed by ${write.confirmedBy}`;
  const around = windows.filter((window) => isIn(window, write));
  const [first] = around;
  if (first === undefined) {
    const others = windows.filter(({ node }) => node === write.node).map(apartFrom(write));
    const reason = ['no loss was allowed then', ...others].join('; ');
    return { write, reason: `${reason}${told}`, isAllowed: false };
  }
  const reason = `acknowledged ${Math.round(write.invokedAtMs - first.fromMs)} ms into ${first.cause}${told}`;
  const promise = around.find(
    ({ keepsConfirmedBy = Infinity }) => (write.confirmedBy ?? 0) >= keepsConfirmedBy,
  );
  return promise === undefined
    ? { write, reason, isAllowed: true }
    : { write, reason: `${reason} of ${promise.keepsConfirmedBy}`, isAllowed: false };
}

/** From the first invocation to the last completion. */
function spanMs(inOrder: readonly LedgerWrite[]): number {
  const [first] = inOrder;
  if (first === undefined) return 0;
  return inOrder.reduce((last, write) => Math.max(last, completion(write)), 0) - first.invokedAtMs;
}

/** A write that was under way for any part of the window is in it. */
export function isIn(
  { node, fromMs, untilMs }: LossWindow,
  write: Pick<LedgerWrite, 'node' | 'invokedAtMs' | 'completedAtMs'>,
): boolean {
  return node === write.node && completion(write) >= fromMs && write.invokedAtMs <= untilMs;
}

/**
 * Losses with a later write to the same reign that is there. Writes of unknown outcome prove nothing: what a proxy held
 * back may have come to a later reign.
 */
function holes(
  gone: readonly LedgerWrite[],
  kept: readonly LedgerWrite[],
  windows: readonly LossWindow[],
): string[] {
  return windows.flatMap((window) => {
    const last = kept
      .filter((write) => isIn(window, write))
      .reduce<LedgerWrite | undefined>(
        (latest, write) =>
          latest === undefined || write.invokedAtMs > latest.invokedAtMs ? write : latest,
        undefined,
      );
    if (last === undefined) return [];
    return gone
      .filter((write) => isIn(window, write) && completion(write) < last.invokedAtMs)
      .map((write) => `${inWords(write)} is lost, and the later ${inWords(last)} is not`);
  });
}

/** What is in the list and should not be, or not there, in words, a line each. */
export function disorder(writes: readonly LedgerWrite[], left: readonly string[]): string[] {
  const byId = new Map(writes.map((write) => [write.id, write]));
  const met = new Set<string>();
  const objections: string[] = [];
  let latest: LedgerWrite | undefined;
  for (const id of left) {
    const write = byId.get(id);
    if (write === undefined) {
      objections.push(`${printable(Buffer.from(id))} is there, and nobody wrote it`);
      continue;
    }
    if (met.has(id)) {
      objections.push(`${inWords(write)} is there twice`);
      continue;
    }
    met.add(id);
    if (write.outcome === 'failed') {
      objections.push(`${inWords(write)} is there, and was refused: ${write.error ?? 'no reason'}`);
    }
    if (write.outcome === 'ok' && latest !== undefined && completion(write) < latest.invokedAtMs) {
      objections.push(`${inWords(write)} stands after ${inWords(latest)}, and was done before it`);
    }
    if (latest === undefined || write.invokedAtMs > latest.invokedAtMs) latest = write;
  }
  return objections;
}

function completion({ completedAtMs }: Pick<LedgerWrite, 'completedAtMs'>): number {
  return completedAtMs ?? Infinity;
}

function inWords({ id, node, invokedAtMs }: LedgerWrite): string {
  return `${id} on ${node} at ${new Date(invokedAtMs).toISOString()}`;
}

/** How far a window is from a write that is not in it. */
function apartFrom(write: LedgerWrite): (window: LossWindow) => string {
  return ({ fromMs, untilMs, cause }) =>
    write.invokedAtMs > untilMs
      ? `${cause} allowed it until ${Math.round(write.invokedAtMs - untilMs)} ms before`
      : `${cause} allowed it from ${Math.round(fromMs - completion(write))} ms later on`;
}
