import type { Operation } from '../../campaign/record.ts';
import type { LossWindow } from '../ledger.ts';
import { lossWindows } from './loss-windows.ts';
import { once } from './once.ts';
import { rewindsOf } from './rewinds.ts';
import { Spans } from './spans.ts';
import {
  isBefore,
  isEmpty,
  type KeyVersions,
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

/** A read, and what it can have seen: of the states that its value stands for, those that were not over before an instant. */
interface Look {
  readonly seen: SeenValue;
  readonly sinceMs: number;
}

type States = Pick<KeyVersions, 'byValue' | 'missing'>;

/**
 * All of them, by the orders that are possible: a read may have seen each state that it can have seen and that is not
 * certainly older than all that the one before it can have seen.
 */
export const stepsBack = once((record): readonly StepBack[] => {
  const versions = versionsOf(record);
  const losable = losableWrites(lossWindows(record, 'seen'));
  const losableStates = new Map<string, States>();
  const rewinds = rewindsOf(record);
  const last = new Map<string, Look>();
  const found: StepBack[] = [];
  const mayBeLost = (name: string, ofKey: KeyVersions, look: Look, untilMs: number): boolean => {
    const states = losableStates.get(name) ?? {
      byValue: ofKey.byValue,
      missing: ofKey.missing.filter(({ write }) => losable(write, Infinity)),
    };
    losableStates.set(name, states);
    return statesOf(states, look).some(({ write }) => losable(write, untilMs));
  };
  for (const seen of seenValues(record)) {
    const { name, read, completedAtMs } = seen;
    const ofKey = versions.get(name);
    // What nobody wrote is another checker's business.
    if (ofKey === undefined || isEmpty(seenAs(ofKey, seen.value, completedAtMs))) continue;
    const line = `${read.client} ${read.connection} ${read.node} ${name}`;
    const before = last.get(line);
    const isFree =
      before === undefined ||
      rewinds.get(read.node)?.reach(completedAtMs, before.seen.read.invokedAtMs) === true ||
      mayBeLost(name, ofKey, before, completedAtMs);
    // Whatever is before the two earliest of different writes is before them all.
    const earliest = isFree ? [] : [...statesOf(ofKey, before).take(2)];
    const look = { seen, sinceMs: earliest[0]?.fromMs ?? -Infinity };
    const isReachable =
      isFree ||
      statesOf(ofKey, look).some((state) => earliest.some((one) => !isBefore(state, one)));
    if (!isReachable) found.push({ name, earlier: before.seen, later: seen });
    last.set(line, isReachable ? look : { seen, sinceMs: -Infinity });
  }
  return found;
});

function statesOf(states: States, { seen, sinceMs }: Look): Generator<Version, undefined> {
  return seenAs(states, seen.value, seen.completedAtMs, sinceMs);
}

/** Whether a write may be undone, by a loss that began until an instant. */
export function losableWrites(
  windows: readonly LossWindow[],
): (
  write: Pick<Operation, 'node' | 'invokedAtMs' | 'completedAtMs'> | undefined,
  untilMs: number,
) => boolean {
  const byNode = new Map(
    [...Map.groupBy(windows, ({ node }) => node)].map(([node, all]) => [node, new Spans(all)]),
  );
  return (write, untilMs) =>
    write !== undefined &&
    byNode
      .get(write.node)
      ?.reach(Math.min(untilMs, write.completedAtMs ?? Infinity), write.invokedAtMs) === true;
}
