import type { Random } from '../random.ts';
import type { Command } from './command.ts';
import { FAR_FUTURE_MS } from './dataset-kinds.ts';

/** One write: all of its commands, or none, are meant to be applied. */
export interface Write {
  readonly kind: WriteKind;
  readonly db: number;
  /** A transaction has MULTI and EXEC among them. */
  readonly commands: readonly Command[];
}

export type WriteKind = keyof typeof WRITERS | 'transaction';

/** How often each kind is written, relative to the others. */
export type WriteMix = Readonly<Partial<Record<WriteKind, number>>>;

export const DEFAULT_MIX: WriteMix = {
  set: 20,
  incr: 15,
  push: 10,
  trim: 4,
  sadd: 8,
  srem: 4,
  hset: 10,
  hdel: 3,
  zadd: 8,
  zincrby: 5,
  xadd: 6,
  expire: 3,
  del: 2,
  transaction: 2,
};

const TYPES = ['string', 'counter', 'list', 'set', 'hash', 'zset', 'stream'] as const;
const LIST_LENGTH_MAX = 100;
const STREAM_LENGTH_MAX = 100;

type Writer = (random: Random, key: (type: (typeof TYPES)[number]) => string) => Command;

/** A key's name begins with its type, so no write meets a key of another type. */
const WRITERS = {
  set: (random, key) => ['SET', key('string'), random.bytes(random.integer(0, 200))],
  incr: (random, key) => ['INCRBY', key('counter'), random.integer(-100, 100)],
  push: (random, key) => [random.pick(['LPUSH', 'RPUSH']), key('list'), element(random)],
  trim: (_random, key) => ['LTRIM', key('list'), 0, LIST_LENGTH_MAX - 1],
  sadd: (random, key) => ['SADD', key('set'), element(random), element(random)],
  srem: (random, key) => ['SREM', key('set'), element(random)],
  hset: (random, key) => ['HSET', key('hash'), element(random), random.bytes(12)],
  hdel: (random, key) => ['HDEL', key('hash'), element(random)],
  zadd: (random, key) => ['ZADD', key('zset'), random.integer(-1e6, 1e6) / 8, element(random)],
  zincrby: (random, key) => ['ZINCRBY', key('zset'), random.integer(-99, 99) / 8, element(random)],
  xadd: (random, key) => [
    'XADD',
    key('stream'),
    'MAXLEN',
    STREAM_LENGTH_MAX,
    '*',
    'text',
    element(random),
  ],
  // An absolute time: servers before 7.0 replicate a relative one late by the lag of the link.
  expire: (random, key) => [
    'PEXPIREAT',
    key(random.pick(TYPES)),
    FAR_FUTURE_MS + random.integer(0, 1e9),
  ],
  del: (random, key) => ['DEL', key(random.pick(TYPES))],
} satisfies Record<string, Writer>;

export interface DrawOptions {
  readonly databases: readonly number[];
  /** Keys per type and database. */
  readonly keys: number;
}

/** A source of writes that depends on the generator alone. */
export function writesOf(random: Random, mix: WriteMix, options: DrawOptions): () => Write {
  const kinds = Object.entries(mix).flatMap(([kind, weight]) =>
    Array<WriteKind>(weight).fill(kind as WriteKind),
  );
  const simple = Object.keys(WRITERS) as (keyof typeof WRITERS)[];
  const key = (type: string) => `${type}:${random.integer(1, options.keys)}`;
  const command = (kind: keyof typeof WRITERS) => WRITERS[kind](random, key);
  return () => {
    const kind = random.pick(kinds);
    const db = random.pick(options.databases);
    if (kind !== 'transaction') return { kind, db, commands: [command(kind)] };
    const inside = Array.from({ length: random.integer(2, 5) }, () => command(random.pick(simple)));
    return { kind, db, commands: [['MULTI'], ...inside, ['EXEC']] };
  };
}

/** Few enough to meet again, so that removals find something to remove. */
function element(random: Random): string {
  return `element:${random.integer(1, 200)}`;
}
