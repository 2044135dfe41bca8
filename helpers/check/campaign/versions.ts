/**
 * The states that a key can have been in, each made by one write, and what is known of their order. A write takes effect
 * between its invocation and its completion; one of unknown outcome at any time after it, as a proxy can hold it back
 * beyond the life of its connection.
 */
import type { Operation, RunRecord } from '../../campaign/record.ts';
import { nameOf, partnerOf } from '../../campaign/workload/keys.ts';
import { once } from './once.ts';
import { Spans } from './spans.ts';

export interface Version {
  /** Null for no such key. */
  readonly value: string | null;
  /** Absent for the state before all writes. */
  readonly write?: Operation;
  /** The write's time to live was over. */
  readonly isExpired: boolean;
  /** When it took effect, at the earliest and at the latest. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface KeyVersions {
  /** Without those whose write was refused. */
  readonly byValue: ReadonlyMap<string, Version>;
  /** By all of these it can be missing. */
  readonly missing: Spans<Version>;
  /** Writes that were acknowledged, in the order of their completion. */
  readonly acknowledged: readonly Version[];
  /** Versions that were refused. */
  readonly refused: ReadonlySet<string>;
}

/** Servers and the harness measure times to live each for themselves. */
const CLOCKS_MS = 250;
const NEVER: Version = { value: null, isExpired: false, fromMs: -Infinity, untilMs: -Infinity };
const KINDS = new Set<Operation['kind']>(['register', 'remove', 'expiring', 'pair']);

/** Of each key that holds versions, by its name. */
export const versionsOf = once(({ operations }): ReadonlyMap<string, KeyVersions> => {
  const writes = Map.groupBy(
    operations.filter(({ kind }) => KINDS.has(kind)),
    nameOf,
  );
  return new Map(
    [...writes].flatMap(([name, ofKey]) => {
      const versions = keyVersions(ofKey);
      const isPair = ofKey[0]?.kind === 'pair';
      return (isPair ? [name, partnerOf(name)] : [name]).map((one) => [one, versions] as const);
    }),
  );
});

function keyVersions(writes: readonly Operation[]): KeyVersions {
  const applied = writes.filter(({ outcome }) => outcome !== 'failed').map(made);
  const expired = applied.flatMap((version) =>
    version.write?.ttlMs === undefined ? [] : [{ ...version, value: null, isExpired: true }],
  );
  return {
    byValue: new Map(
      applied.flatMap((version) => (version.value === null ? [] : [[version.value, version]])),
    ),
    missing: new Spans([NEVER, ...applied.filter(({ value }) => value === null), ...expired]),
    acknowledged: applied
      .filter(({ write }) => write?.outcome === 'ok')
      .sort((a, b) => a.untilMs - b.untilMs),
    refused: new Set(
      writes
        .filter(({ outcome, value }) => outcome === 'failed' && value !== undefined)
        .map(({ value }) => String(value)),
    ),
  };
}

function made(write: Operation): Version {
  return {
    value: write.kind === 'remove' ? null : String(write.value),
    write,
    isExpired: false,
    fromMs: write.invokedAtMs,
    untilMs: write.outcome === 'ok' ? (write.completedAtMs ?? Infinity) : Infinity,
  };
}

/** Whether one state was certainly over before the other came to be. */
export function isBefore(one: Version, other: Version): boolean {
  if (one.write !== undefined && one.write === other.write)
    return !one.isExpired && other.isExpired;
  return one.untilMs < other.fromMs;
}

/**
 * The states in which a value, or its absence, can have been seen until an instant, the earliest first. With `sinceMs` only
 * those that were not over before that.
 */
export function* seenAs(
  { byValue, missing }: Pick<KeyVersions, 'byValue' | 'missing'>,
  value: string | null,
  untilMs: number,
  sinceMs = -Infinity,
): Generator<Version, undefined> {
  if (value !== null) {
    const version = byValue.get(value);
    if (version !== undefined && version.fromMs <= untilMs && version.untilMs >= sinceMs) {
      yield version;
    }
    return;
  }
  for (const state of missing.endedSince(sinceMs)) {
    if (state.fromMs > untilMs) return;
    const ttlMs = state.isExpired ? (state.write?.ttlMs ?? 0) - CLOCKS_MS : 0;
    if (state.fromMs + Math.max(0, ttlMs) <= untilMs) yield state;
  }
}

export function isEmpty(states: Iterator<Version>): boolean {
  return states.next().done === true;
}

/** When a version is certainly gone by its time to live, at the latest. Infinity if that cannot be told. */
export function goneByMs({ write, untilMs }: Version): number {
  return write?.ttlMs === undefined ? Infinity : untilMs + write.ttlMs + CLOCKS_MS;
}

/** A version as findings tell it. */
export function versionInWords(value: string | null): string {
  return value === null ? 'no such key' : `version ${value}`;
}

/** What a read saw of a key: of a pair, one of each. */
export interface SeenValue {
  readonly read: Operation;
  readonly name: string;
  readonly value: string | null;
  readonly completedAtMs: number;
}

/** What all reads of versions saw, in the order in which they were asked for. */
export function* seenValues(record: RunRecord): Generator<SeenValue, undefined> {
  for (const read of readsOf(record)) {
    const { value = null, completedAtMs = Infinity } = read;
    const name = nameOf(read);
    if (read.kind === 'read') yield { read, name, value: text(value), completedAtMs };
    else {
      const [one = null, other = null] = Array.isArray(value) ? (value as (string | null)[]) : [];
      yield { read, name, value: one, completedAtMs };
      yield { read, name: partnerOf(name), value: other, completedAtMs };
    }
  }
}

const readsOf = once(({ operations }) =>
  operations
    .filter(({ outcome, kind }) => outcome === 'ok' && (kind === 'read' || kind === 'read-pair'))
    .sort((a, b) => a.invokedAtMs - b.invokedAtMs),
);

function text(value: NonNullable<Operation['value']> | null): string | null {
  return value === null ? null : String(value);
}
