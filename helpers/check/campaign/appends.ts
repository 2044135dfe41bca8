import type { Operation, RunRecord } from '../../campaign/record.ts';
import { nameOf } from '../../campaign/workload/keys.ts';
import type { LedgerWrite } from '../ledger.ts';

/** The writes to each list, by its name, in the order of their invocation. */
export function appendsOf({ operations }: RunRecord): ReadonlyMap<string, readonly LedgerWrite[]> {
  const appends = operations
    .filter(({ kind }) => kind === 'append')
    .sort((a, b) => a.invokedAtMs - b.invokedAtMs);
  return new Map(
    [...Map.groupBy(appends, nameOf)].map(([name, ofList]) => [name, ofList.map(entry)]),
  );
}

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
