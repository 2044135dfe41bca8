import type { Part, Value } from '../check/value.ts';
import type { Abilities } from './abilities.ts';
import { bytesOf, type Call, groupsOf, integerOf, listOf, textOf } from './call.ts';
import { streamValue } from './dataset-stream.ts';

/** The types that are read by their own commands; any other is read as a DUMP payload. */
export const READ_TYPES = ['string', 'list', 'set', 'zset', 'hash', 'stream'] as const;

const FIELDS_PER_CALL = 1_000;
/** RDB version (2 bytes) and checksum (8 bytes), which end a DUMP payload and are not the key's. */
const DUMP_FOOTER_BYTES = 10;

/** The values of strings, in the order of their keys: one MGET costs far less than many GETs. */
export async function readStrings(call: Call, keys: readonly Buffer[]) {
  return listOf(await call('MGET', ...keys), 'MGET').map(stringValue);
}

/** The whole value of a key in the selected database; undefined if there is no such key (any more). */
export async function readValue(
  call: Call,
  key: Buffer,
  type: string,
  abilities: Abilities,
): Promise<Value | undefined> {
  switch (type) {
    case 'string':
      return stringValue(await call('GET', key));
    case 'list':
      return listValue(await call('LRANGE', key, 0, -1));
    case 'set':
      return setValue(await call('SMEMBERS', key));
    case 'zset':
      return sortedSetValue(await call('ZRANGE', key, 0, -1, 'WITHSCORES'));
    case 'hash':
      return readHash(call, key, abilities);
    case 'stream':
      return readStream(call, key, abilities);
    default:
      return dumpValue(type, await call('DUMP', key));
  }
}

function stringValue(reply: unknown): Value | undefined {
  if (reply === null) return undefined;
  return { type: 'string', parts: [{ kind: 'value', name: [], content: [bytesOf(reply, 'GET')] }] };
}

export function listValue(reply: unknown): Value | undefined {
  const elements = listOf(reply, 'LRANGE');
  return present('list', elements, (element, index) => ({
    kind: 'element',
    name: [Buffer.from(String(index))],
    content: [bytesOf(element, 'LRANGE')],
  }));
}

export function setValue(reply: unknown): Value | undefined {
  const members = listOf(reply, 'SMEMBERS').map((member) => bytesOf(member, 'SMEMBERS'));
  return present('set', members.sort(Buffer.compare), (member) => ({
    kind: 'member',
    name: [member],
    content: [],
  }));
}

/**
 * Scores are compared as the doubles they are: 6.0 writes them with 17 digits, 7.2 with the fewest
 * that suffice. Minus zero counts as zero, since servers lose its sign in small sorted sets.
 */
export function sortedSetValue(reply: unknown): Value | undefined {
  const pairs = groupsOf(reply, 2, 'ZRANGE').sort(byFirst);
  return present('zset', pairs, ([member, score]) => ({
    kind: 'scored-member',
    name: [member as Buffer],
    content: [Buffer.from(canonicalScore(score?.toString('latin1') ?? ''))],
  }));
}

function canonicalScore(score: string): string {
  if (/^[+-]?inf$/i.test(score)) return score.startsWith('-') ? '-inf' : 'inf';
  return String(Number(score));
}

/** A hash from the replies to HGETALL and, if the server has it, HPEXPIRETIME of the same fields. */
export function hashValue(
  fields: readonly Buffer[][],
  expiriesMs: readonly number[] | undefined,
): Value | undefined {
  const order = fields
    .map((_, at) => at)
    .sort((one, other) => byFirst(fields[one] ?? [], fields[other] ?? []));
  const value = present('hash', order, (at) => ({
    kind: 'field',
    name: [fields[at]?.[0] as Buffer],
    content: [fields[at]?.[1] as Buffer],
  }));
  if (value === undefined || expiriesMs === undefined) return value;
  const expiries: Part[] = order
    .filter((at) => (expiriesMs[at] ?? -1) >= 0)
    .map((at) => ({
      kind: 'field-expiry',
      name: [fields[at]?.[0] as Buffer],
      content: [Buffer.from(String(expiriesMs[at]))],
    }));
  return { ...value, finer: { 'field expiry': expiries } };
}

async function readHash(call: Call, key: Buffer, abilities: Abilities) {
  const fields = groupsOf(await call('HGETALL', key), 2, 'HGETALL');
  if (!abilities.fieldExpiry) return hashValue(fields, undefined);
  const names = fields.map(([name]) => name as Buffer);
  const expiriesMs: number[] = [];
  for (let at = 0; at < names.length; at += FIELDS_PER_CALL) {
    const some = names.slice(at, at + FIELDS_PER_CALL);
    const reply = await call('HPEXPIRETIME', key, 'FIELDS', some.length, ...some);
    for (const item of listOf(reply, 'HPEXPIRETIME')) {
      expiriesMs.push(integerOf(item, 'HPEXPIRETIME'));
    }
  }
  return hashValue(fields, expiriesMs);
}

async function readStream(call: Call, key: Buffer, abilities: Abilities) {
  try {
    return streamValue(await call('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0), abilities);
  } catch (thrown) {
    if (thrown instanceof Error && /^ERR no such key/.test(thrown.message)) return undefined;
    throw thrown;
  }
}

function dumpValue(type: string, reply: unknown): Value | undefined {
  if (reply === null) return undefined;
  const payload = bytesOf(reply, 'DUMP').subarray(0, -DUMP_FOOTER_BYTES);
  return { type, parts: [{ kind: 'payload', name: [], content: [payload] }] };
}

/** The type of a key as TYPE names it; undefined if there is no such key. */
export async function readType(call: Call, key: Buffer): Promise<string | undefined> {
  const type = textOf(await call('TYPE', key), 'TYPE');
  return type === 'none' ? undefined : type;
}

/** Servers keep no empty collection, so an empty reply means that the key does not exist. */
function present<T>(
  type: string,
  items: readonly T[],
  part: (item: T, index: number) => Part,
): Value | undefined {
  return items.length === 0 ? undefined : { type, parts: items.map(part) };
}

function byFirst(one: readonly Buffer[], other: readonly Buffer[]): number {
  return Buffer.compare(one[0] as Buffer, other[0] as Buffer);
}
