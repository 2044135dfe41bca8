import type { Operation } from '../../campaign/record.ts';
import { nameOf } from '../../campaign/workload/keys.ts';
import type { LedgerWrite } from '../ledger.ts';
import { once } from './once.ts';

/** The writes to each list, by its name, in the order of their invocation. */
export const appendsOf = once(({ operations }): ReadonlyMap<string, readonly LedgerWrite[]> => {
  const appends = operations
    .filter(({ kind }) => kind === 'append')
    .sort((a, b) => a.invokedAtMs - b.invokedAtMs);
  return new Map(
    [...Map.groupBy(appends, nameOf)].map(([name, ofList]) => [name, ofList.map(entry)]),
  );
});

function entry({
  value,
  node,
  invokedAtMs,
  completedAtMs,
  outcome,
  error,
}: Operation): LedgerWrite {
  return {
    id: String(value),
    node,
    invokedAtMs,
    outcome,
    ...(completedAtMs !== undefined && { completedAtMs }),
    ...(error !== undefined && { error }),
  };
}
