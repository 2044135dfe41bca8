import { printable } from './printable.ts';
import type { Aspect } from './value.ts';

/** What is kept of one key: enough to tell that it differs, not what it holds. */
export interface KeyRecord {
  /** As TYPE names it. */
  readonly type: string;
  /** SHA-1, in base64, of the value's parts that every supported server reports. */
  readonly digest: string;
  /** The same of each aspect that this server tells. */
  readonly finer?: Readonly<Partial<Record<Aspect, string>>>;
  /** When the key expires, in milliseconds since 1970; absent if it does not. */
  readonly expiresAtMs?: number;
}

/** A server's data as it was read at one time. */
export interface Dataset {
  /** Records by database number and key. A key is a string with one latin1 character per byte. */
  readonly databases: ReadonlyMap<number, ReadonlyMap<string, KeyRecord>>;
  /** How far the times of expiry can be off: 0 where the server tells them (PEXPIRETIME). */
  readonly expiryPrecisionMs: number;
  /** The server's clock when the reading ended, in milliseconds since 1970. */
  readonly readUntilMs: number;
  /** What the server counted as changes while it was read; undefined if it did not say. */
  readonly changesWhileReading: number | undefined;
  /** Number of keys per type that was read as a DUMP payload. */
  readonly dumped: ReadonlyMap<string, number>;
}

/** One key, and one way in which it is not what was expected. */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'type' | 'value' | 'expiry';
  readonly db: number;
  readonly key: Buffer;
  /** Absent for an extra key. */
  readonly expected?: KeyRecord;
  /** Absent for a missing key. */
  readonly actual?: KeyRecord;
}

export interface Comparison {
  /** By database, then by key. Empty means: the data is the same, within the limits. */
  readonly differences: readonly Difference[];
  /** In words, what this comparison could not see or had to tolerate. */
  readonly limits: readonly string[];
}

export interface CompareOptions {
  /**
   * How far times of expiry may be apart, in milliseconds, beyond the precision of the readings.
   * Default 0. Servers before 7.0 replicate EXPIRE as it was given, so their replicas are late by
   * the lag of the link.
   */
  readonly expiryToleranceMs?: number;
}

/**
 * Compares two datasets key by key. A key that had expired before the later of both readings ended is
 * not compared: a master deletes it when it is touched, a replica only hides it.
 */
export function compareDatasets(
  expected: Dataset,
  actual: Dataset,
  options: CompareOptions = {},
): Comparison {
  const precisionMs = Math.max(expected.expiryPrecisionMs, actual.expiryPrecisionMs);
  const toleranceMs = precisionMs + (options.expiryToleranceMs ?? 0);
  const comparedUntilMs = Math.max(expected.readUntilMs, actual.readUntilMs) + precisionMs;
  const differences: Difference[] = [];
  const uncompared = new Map<string, number>();
  for (const [db, name, one, other] of pairs(expected, actual)) {
    if (hasExpired(one, comparedUntilMs) || hasExpired(other, comparedUntilMs)) continue;
    for (const aspect of uncomparedAspects(one, other)) {
      uncompared.set(aspect, (uncompared.get(aspect) ?? 0) + 1);
    }
    for (const kind of differencesOf(one, other, toleranceMs)) {
      differences.push({
        kind,
        db,
        key: Buffer.from(name, 'latin1'),
        ...(one !== undefined && { expected: one }),
        ...(other !== undefined && { actual: other }),
      });
    }
  }
  differences.sort((a, b) => a.db - b.db || Buffer.compare(a.key, b.key));
  return { differences, limits: limitsOf(expected, actual, toleranceMs, uncompared) };
}

/** `db 9 hash "user:7"`, with the type that was expected, or that of an extra key. */
export function nameOf(difference: Difference): string {
  const type = (difference.expected ?? difference.actual)?.type ?? 'key';
  return `db ${difference.db} ${type} ${printable(difference.key)}`;
}

type Pair = [number, string, KeyRecord | undefined, KeyRecord | undefined];

/** Every key of both, with its record in each. */
function* pairs(expected: Dataset, actual: Dataset): Generator<Pair> {
  for (const db of new Set([...expected.databases.keys(), ...actual.databases.keys()])) {
    const wanted = expected.databases.get(db);
    const found = actual.databases.get(db);
    for (const [name, record] of wanted ?? []) yield [db, name, record, found?.get(name)];
    for (const [name, record] of found ?? []) {
      if (!wanted?.has(name)) yield [db, name, undefined, record];
    }
  }
}

function hasExpired(record: KeyRecord | undefined, nowMs: number): boolean {
  return record?.expiresAtMs !== undefined && record.expiresAtMs <= nowMs;
}

function differencesOf(
  one: KeyRecord | undefined,
  other: KeyRecord | undefined,
  toleranceMs: number,
): Difference['kind'][] {
  if (other === undefined) return ['missing'];
  if (one === undefined) return ['extra'];
  if (one.type !== other.type) return ['type'];
  const kinds: Difference['kind'][] = [];
  if (!sameValue(one, other)) kinds.push('value');
  if (!sameExpiry(one.expiresAtMs, other.expiresAtMs, toleranceMs)) kinds.push('expiry');
  return kinds;
}

function sameValue(one: KeyRecord, other: KeyRecord): boolean {
  if (one.digest !== other.digest) return false;
  return aspectsOf(one).every((aspect) => {
    const counterpart = other.finer?.[aspect];
    return counterpart === undefined || counterpart === one.finer?.[aspect];
  });
}

function aspectsOf(record: KeyRecord): Aspect[] {
  return Object.keys(record.finer ?? {}) as Aspect[];
}

/**
 * The aspects that keep two records of one type from being compared in full: those that one side
 * tells, and entries-read where both have it (as they have the other counters) and neither tells.
 */
function uncomparedAspects(one: KeyRecord | undefined, other: KeyRecord | undefined): Aspect[] {
  if (one === undefined || other === undefined || one.type !== other.type) return [];
  const told = new Set([...aspectsOf(one), ...aspectsOf(other)]);
  if (told.has('stream counters')) told.add('entries-read');
  return [...told].filter(
    (aspect) => one.finer?.[aspect] === undefined || other.finer?.[aspect] === undefined,
  );
}

function sameExpiry(one: number | undefined, other: number | undefined, toleranceMs: number) {
  if (one === undefined || other === undefined) return one === other;
  return Math.abs(one - other) <= toleranceMs;
}

function limitsOf(
  expected: Dataset,
  actual: Dataset,
  toleranceMs: number,
  uncompared: ReadonlyMap<string, number>,
): string[] {
  const limits: string[] = [];
  for (const [side, dataset] of Object.entries({ expected, actual })) {
    const changes = dataset.changesWhileReading ?? 0;
    if (changes !== 0) {
      limits.push(`the ${side} data changed while it was read (${changes} by the server's count)`);
    }
    for (const [type, count] of dataset.dumped) {
      limits.push(`${count} ${side} keys of type ${type} are compared by their DUMP payload`);
    }
  }
  if (toleranceMs > 0) limits.push(`times of expiry may be ${toleranceMs} ms apart`);
  for (const [aspect, count] of uncompared) {
    limits.push(
      `${count} keys are compared without ${aspect}, which not both servers report and replicate`,
    );
  }
  return limits;
}
