import type { Operation, RunRecord } from '../../campaign/record.ts';
import { isIn, type LossWindow } from '../ledger.ts';
import { lossWindows } from './loss-windows.ts';
import { type Rewind, rewindsOf } from './rewinds.ts';
import {
  isBefore,
  type SeenValue,
  seenAs,
  seenValues,
  type Version,
  versionsOf,
} from './versions.ts';

/** Two reads on one connection, of which the later saw an older state than the earlier, and nothing allowed it. */
export interface StepBack {
  readonly name: string;
  readonly earlier: SeenValue;
  readonly later: SeenValue;
}

interface Look {
  readonly seen: SeenValue;
  /** What it can have seen, the earliest first. */
  readonly states: readonly Version[];
}

/**
 * All of them, by the orders that are possible: a read may have seen each state that it can have seen and that is not
 * certainly older than all that the one before it can have seen.
 */
export function stepsBack(record: RunRecord): readonly StepBack[] {
  const versions = versionsOf(record);
  const losable = losableWrites(lossWindows(record, 'seen'));
  const rewinds = rewindsOf(record);
  const last = new Map<string, Look>();
  const found: StepBack[] = [];
  for (const seen of seenValues(record)) {
    const { name, read, completedAtMs } = seen;
    const ofKey = versions.get(name);
    // What nobody wrote is another checker's business.
    const possible = ofKey === undefined ? [] : seenAs(ofKey, seen.value, completedAtMs);
    if (possible.length === 0) continue;
    const line = `${read.client} ${read.connection} ${read.node} ${name}`;
    const before = last.get(line);
    const isFree =
      before === undefined ||
      mayRewind(rewinds, before.seen, seen) ||
      before.states.some(({ write }) => losable(write, completedAtMs));
    const reachable = isFree ? possible : notBefore(possible, before.states);
    if (reachable.length === 0 && before !== undefined) {
      found.push({ name, earlier: before.seen, later: seen });
    }
    const states = reachable.length > 0 ? reachable : possible;
    last.set(line, { seen, states: [...states].sort((a, b) => a.fromMs - b.fromMs) });
  }
  return found;
}

/** Those that are not before all of the others, which begin with the earliest. */
function notBefore(states: readonly Version[], others: readonly Version[]): readonly Version[] {
  const [first] = others;
  // Whatever is before the two earliest of different writes is before them all.
  const second = others.find(({ write }) => write !== first?.write);
  const earliest = [first, second].filter((one) => one !== undefined);
  return states.filter((state) => earliest.some((one) => !isBefore(state, one)));
}

/** Whether a write may be undone, by a loss that began until an instant. */
export function losableWrites(
  windows: readonly LossWindow[],
): (
  write: Pick<Operation, 'node' | 'invokedAtMs' | 'completedAtMs'> | undefined,
  untilMs: number,
) => boolean {
  return (write, untilMs) =>
    write !== undefined &&
    windows.some((window) => window.fromMs <= untilMs && isIn(window, write));
}

/** Whether its node may have gone back between two reads. */
function mayRewind(rewinds: readonly Rewind[], earlier: SeenValue, later: SeenValue): boolean {
  return rewinds.some(
    ({ node, fromMs, untilMs }) =>
      node === later.read.node &&
      fromMs <= later.completedAtMs &&
      untilMs >= earlier.read.invokedAtMs,
  );
}
