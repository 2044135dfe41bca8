import { hash } from 'node:crypto';
import type { Dataset, KeyRecord } from '../check/dataset.ts';
import { type Aspect, encodeParts, type Part, type Value } from '../check/value.ts';
import { type Abilities, readAbilities } from './abilities.ts';
import { bytesOf, type Call, integerOf, listOf, textOf } from './call.ts';
import { databasesInUse, keepingSelected, select } from './databases.ts';
import { READ_TYPES, readStrings, readType, readValue } from './dataset-value.ts';

export interface ReadDatasetOptions {
  /** How many keys of each type are asked for per SCAN and read at a time. Default 256. */
  readonly keysInFlight?: number;
}

interface Reading {
  readonly call: Call;
  readonly abilities: Abilities;
  readonly keysInFlight: number;
  readonly dumped: Map<string, number>;
  expiryPrecisionMs: number;
}

/**
 * Reads all keys of all databases with ordinary commands and keeps one digest per key.
 *
 * Writers must be stopped and a replica must have caught up: what changes during the reading may be
 * read before or after the change, and `changesWhileReading` tells only that there was some. Keys that
 * have expired logically are not read: a master deletes them when SCAN meets them, a replica omits
 * them (and counts them in INFO keyspace until the master's DEL arrives). Expired fields of a hash are
 * hidden alike, but a field that expires between two readings is a difference. Memory: some 300 bytes
 * per key, and the values of `keysInFlight` keys of each type, each whole. The connection is the
 * reading's own until it ends, with the database selected that was selected before.
 */
export async function readDataset(call: Call, options: ReadDatasetOptions = {}): Promise<Dataset> {
  const reading: Reading = {
    call,
    abilities: await readAbilities(call),
    keysInFlight: options.keysInFlight ?? 256,
    dumped: new Map(),
    expiryPrecisionMs: 0,
  };
  const before = await changeCount(call);
  const databases = await keepingSelected(call, async () => {
    const read = new Map<number, Map<string, KeyRecord>>();
    for (const db of await databasesInUse(call)) {
      await select(call, db);
      read.set(db, await readDatabase(reading));
    }
    return read;
  });
  const after = await changeCount(call);
  return {
    databases,
    expiryPrecisionMs: reading.expiryPrecisionMs,
    readUntilMs: await serverTimeMs(call),
    changesWhileReading: before?.since === after?.since ? changesBetween(before, after) : undefined,
    dumped: reading.dumped,
  };
}

/**
 * One pass of SCAN per type spares a TYPE per key, and passes at once spare waiting; a last pass finds
 * the keys of other types.
 */
async function readDatabase(reading: Reading): Promise<Map<string, KeyRecord>> {
  const records = new Map<string, KeyRecord>();
  const passes = READ_TYPES.map(async (type) => {
    for await (const keys of scan(reading, 'TYPE', type)) {
      await readKeys(reading, records, keys, Array<string>(keys.length).fill(type));
    }
  });
  // All passes have ended, well or not, before the connection selects another database.
  const failed = (await Promise.allSettled(passes)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  for await (const keys of scan(reading)) {
    const others = keys.filter((key) => !records.has(key.toString('latin1')));
    const types = await Promise.all(others.map((key) => readType(reading.call, key)));
    await readKeys(reading, records, others, types);
  }
  return records;
}

/**
 * Pages of at most `keysInFlight` keys; SCAN takes COUNT for a hint. It returns a key more than once at
 * times, so callers must not count them.
 */
async function* scan(reading: Reading, ...filter: string[]): AsyncGenerator<Buffer[]> {
  let cursor = '0';
  do {
    const reply = await reading.call('SCAN', cursor, 'COUNT', reading.keysInFlight, ...filter);
    const [next, keys] = listOf(reply, 'SCAN');
    cursor = textOf(next, 'SCAN');
    const page = listOf(keys, 'SCAN').map((key) => bytesOf(key, 'SCAN'));
    for (let at = 0; at < page.length; at += reading.keysInFlight) {
      yield page.slice(at, at + reading.keysInFlight);
    }
  } while (cursor !== '0');
}

async function readKeys(
  reading: Reading,
  records: Map<string, KeyRecord>,
  keys: readonly Buffer[],
  types: readonly (string | undefined)[],
): Promise<void> {
  if (keys.length === 0) return;
  const [expiries, values] = await Promise.all([
    readExpiries(reading, keys),
    readValues(reading, keys, types),
  ]);
  keys.forEach((key, at) => {
    const value = values[at];
    const expiresAtMs = expiries[at];
    if (value === undefined || expiresAtMs === 'gone') return;
    const name = key.toString('latin1');
    if (!isReadType(value.type) && !records.has(name)) {
      reading.dumped.set(value.type, (reading.dumped.get(value.type) ?? 0) + 1);
    }
    records.set(name, { ...value, ...(expiresAtMs !== undefined && { expiresAtMs }) });
  });
}

function isReadType(type: string): boolean {
  return (READ_TYPES as readonly string[]).includes(type);
}

/** The digests of the keys' values; undefined for a key that is gone. */
async function readValues(
  { call, abilities }: Reading,
  keys: readonly Buffer[],
  types: readonly (string | undefined)[],
) {
  const digests = (value: Value | undefined) => value && digestsOf(value);
  if (types.every((type) => type === 'string')) return (await readStrings(call, keys)).map(digests);
  return Promise.all(
    keys.map(async (key, at) => {
      const type = types[at];
      return type === undefined ? undefined : digests(await readValue(call, key, type, abilities));
    }),
  );
}

/** A value as its digests, the form in which datasets are compared. */
function digestsOf(value: Value): Omit<KeyRecord, 'expiresAtMs'> {
  const digest = (parts: readonly Part[]) => hash('sha1', encodeParts(value.type, parts), 'base64');
  if (value.finer === undefined) return { type: value.type, digest: digest(value.parts) };
  const finer: Partial<Record<Aspect, string>> = {};
  for (const [aspect, parts] of Object.entries(value.finer)) {
    finer[aspect as Aspect] = digest(parts);
  }
  return { type: value.type, digest: digest(value.parts), finer };
}

/**
 * When each key expires: in milliseconds since 1970, undefined for never, or gone already. Without
 * PEXPIRETIME it is the server's TIME before asking plus PTTL, which is early by at most what TIME
 * advanced until after asking; that is the reading's precision.
 */
async function readExpiries(reading: Reading, keys: readonly Buffer[]) {
  const { call, abilities } = reading;
  if (abilities.exactExpiry) {
    const replies = await Promise.all(keys.map((key) => call('PEXPIRETIME', key)));
    return replies.map((reply) => expiryOf(integerOf(reply, 'PEXPIRETIME'), 0));
  }
  const [fromMs, replies, untilMs] = await Promise.all([
    serverTimeMs(call),
    Promise.all(keys.map((key) => call('PTTL', key))),
    serverTimeMs(call),
  ]);
  const ttlsMs = replies.map((reply) => integerOf(reply, 'PTTL'));
  if (ttlsMs.some((ttlMs) => ttlMs >= 0)) {
    reading.expiryPrecisionMs = Math.max(reading.expiryPrecisionMs, untilMs - fromMs + 1);
  }
  return ttlsMs.map((ttlMs) => expiryOf(ttlMs, fromMs));
}

function expiryOf(reply: number, fromMs: number): number | 'gone' | undefined {
  if (reply === -2) return 'gone';
  return reply === -1 ? undefined : fromMs + reply;
}

async function serverTimeMs(call: Call): Promise<number> {
  const [seconds, micros] = listOf(await call('TIME'), 'TIME');
  return integerOf(seconds, 'TIME') * 1_000 + Math.floor(integerOf(micros, 'TIME') / 1_000);
}

interface ChangeCount {
  readonly changes: number;
  /** The count starts again with every RDB saved. */
  readonly since: string;
}

async function changeCount(call: Call): Promise<ChangeCount | undefined> {
  const info = textOf(await call('INFO', 'persistence'), 'INFO persistence');
  const changes = info.match(/^rdb_changes_since_last_save:(\d+)/m)?.[1];
  const since = info.match(/^rdb_last_save_time:(\d+)/m)?.[1];
  return changes === undefined || since === undefined
    ? undefined
    : { changes: Number(changes), since };
}

function changesBetween(before: ChangeCount | undefined, after: ChangeCount | undefined) {
  return before === undefined || after === undefined ? undefined : after.changes - before.changes;
}
