import type { Operation, ReadKind, RunRecord } from '../../campaign/record.ts';
import type { Outcome } from '../../workload/outcome.ts';

/** What became of all that clients asked. */
export interface OperationCounts {
  readonly writes: Readonly<Record<Outcome, number>>;
  readonly reads: Readonly<Record<Outcome, number>>;
  /** Of each kind of operation. */
  readonly byKind: Readonly<Record<string, Readonly<Record<Outcome, number>>>>;
}

const READS: readonly string[] = ['read', 'read-pair', 'read-list'] satisfies ReadKind[];

export function isRead({ kind }: Pick<Operation, 'kind'>): boolean {
  return READS.includes(kind);
}

export function countOperations(operations: readonly Operation[]): OperationCounts {
  const writes = none();
  const reads = none();
  const byKind: Record<string, Record<Outcome, number>> = {};
  for (const operation of operations) {
    (isRead(operation) ? reads : writes)[operation.outcome]++;
    byKind[operation.kind] ??= none();
    const ofKind = byKind[operation.kind];
    if (ofKind !== undefined) ofKind[operation.outcome]++;
  }
  return { writes, reads, byKind };
}

function none(): Record<Outcome, number> {
  return { ok: 0, failed: 0, unknown: 0 };
}

/**
 * Acknowledged appends whose id is in no list of the master at the end. Only appends tell for sure: each has an id of its own,
 * and nothing overwrites it. Undefined where there is no final master to look at.
 */
export function lostAppends({ operations, final }: RunRecord): readonly Operation[] | undefined {
  const masters = final?.nodes.filter(({ up, role }) => up && role === 'master') ?? [];
  if (masters.length === 0) return undefined;
  const kept = new Set(masters.flatMap(({ lists }) => Object.values(lists)).flat());
  return operations.filter(
    ({ kind, outcome, value }) => kind === 'append' && outcome === 'ok' && !kept.has(String(value)),
  );
}
