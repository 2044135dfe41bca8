import type { Random } from '../random.ts';
import type { Command } from './command.ts';

type Arguments = (string | Buffer | number)[];

/** The year 2100, in milliseconds since 1970: what expires then does not expire during a run. */
export const FAR_FUTURE_MS = 4_102_444_800_000;

/** A date in the past for pending entries: the same seed gives the same delivery times. */
const LONG_AGO_MS = 1_600_000_000_000;

/** How a kind of key is written. Every kind uses only commands that Redis 6.0 has. */
interface Kind {
  /** How often it is chosen relative to the others, once each has been chosen. */
  readonly weight: number;
  readonly write: (random: Random, key: Buffer) => Command[];
}

const text = (random: Random, length: number) =>
  random.bytes(length).toString('base64').slice(0, length);

const repeat = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index));

const pairs = (count: number, item: (index: number) => Arguments): Arguments =>
  repeat(count, item).flat();

const score = (random: Random) =>
  random.pick([
    random.integer(-1_000, 1_000),
    random.integer(-1_000_000, 1_000_000) / 7,
    'inf',
    '-inf',
  ]);

/** One kind per type and encoding that servers distinguish; the names say which. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'string-integer': {
    weight: 10,
    write: (random, key) => [['SET', key, random.integer(-(2 ** 40), 2 ** 40)]],
  },
  'string-embedded': {
    weight: 20,
    write: (random, key) => [['SET', key, text(random, random.integer(1, 44))]],
  },
  'string-empty': { weight: 2, write: (_random, key) => [['SET', key, '']] },
  'string-binary': {
    weight: 5,
    write: (random, key) => [['SET', key, random.bytes(random.integer(1, 300))]],
  },
  'string-compressible': {
    weight: 2,
    write: (random, key) => [['SET', key, text(random, 7).repeat(random.integer(20, 2_000))]],
  },
  'string-big': {
    weight: 0,
    write: (random, key) => [['SET', key, random.bytes(random.integer(60_000, 100_000))]],
  },
  'string-bitmap': {
    weight: 1,
    write: (random, key) => repeat(3, () => ['SETBIT', key, random.integer(0, 5_000), 1] as const),
  },
  'string-hyperloglog': {
    weight: 1,
    write: (random, key) => [['PFADD', key, ...repeat(20, () => text(random, 8))]],
  },
  'list-small': {
    weight: 8,
    write: (random, key) => [
      ['RPUSH', key, ...repeat(random.integer(1, 8), () => text(random, random.integer(0, 20)))],
      ['LPUSH', key, random.integer(-9, 99_999)],
    ],
  },
  'list-many-nodes': {
    weight: 0,
    write: (random, key) => [
      ['RPUSH', key, ...repeat(600, () => text(random, random.integer(1, 60)))],
      ['RPUSH', key, 'x'.repeat(20_000), random.bytes(9_000)],
    ],
  },
  'set-integers': {
    weight: 5,
    write: (random, key) => [
      ['SADD', key, ...repeat(random.integer(1, 30), () => random.integer(-40_000, 40_000))],
    ],
  },
  'set-wide-integers': {
    weight: 1,
    write: (random, key) => [
      ['SADD', key, ...repeat(20, () => random.integer(-(2 ** 50), 2 ** 50))],
    ],
  },
  'set-small': {
    weight: 5,
    write: (random, key) => [
      ['SADD', key, ...repeat(random.integer(1, 12), () => text(random, 6))],
    ],
  },
  'set-hashtable': {
    weight: 0,
    write: (random, key) => [
      ['SADD', key, ...repeat(random.integer(600, 900), () => random.bytes(12))],
      ['SADD', key, '', text(random, 200)],
    ],
  },
  'hash-small': {
    weight: 10,
    write: (random, key) => [
      ['HSET', key, ...pairs(random.integer(1, 8), (at) => [`field:${at}`, text(random, 12)])],
      ['HSET', key, 'age', random.integer(0, 120), '', ''],
    ],
  },
  'hash-hashtable': {
    weight: 0,
    write: (random, key) => [
      ['HSET', key, ...pairs(random.integer(520, 700), (at) => [`f${at}`, text(random, 10)])],
      ['HSET', key, random.bytes(90), random.bytes(500)],
    ],
  },
  'zset-small': {
    weight: 8,
    write: (random, key) => [
      ['ZADD', key, ...pairs(random.integer(1, 10), () => [score(random), text(random, 5)])],
    ],
  },
  'zset-skiplist': {
    weight: 0,
    write: (random, key) => [
      ['ZADD', key, ...pairs(random.integer(140, 300), () => [score(random), random.bytes(9)])],
      [
        'ZADD',
        key,
        '5e-324',
        'least',
        '1.7976931348623157e308',
        'greatest',
        '0.1',
        text(random, 90),
      ],
    ],
  },
  'stream-entries': { weight: 3, write: (random, key) => streamEntries(random, key) },
  'stream-groups': { weight: 3, write: (random, key) => streamWithGroups(random, key) },
};

/** Entries with given IDs, among them the last one deleted, so the last ID is not that of an entry. */
function streamEntries(random: Random, key: Buffer): Command[] {
  const count = random.integer(4, 30);
  return [
    ...repeat(count, (at): Command => {
      const fields = pairs(random.integer(1, 3), (field) => [`f${field}`, text(random, 10)]);
      return ['XADD', key, `${at + 1}-1`, ...fields];
    }),
    ['XDEL', key, `${random.integer(1, count - 1)}-1`, `${count}-1`],
    ['XTRIM', key, 'MAXLEN', count - 3],
  ];
}

/**
 * Two groups with two consumers each that have entries pending, one of which is deleted from the
 * stream. XCLAIM sets delivery times and counts, which otherwise would come from the server's clock.
 */
function streamWithGroups(random: Random, key: Buffer): Command[] {
  const group = (name: string): Command[] => [
    ['XGROUP', 'CREATE', key, name, '0'],
    ['XREADGROUP', 'GROUP', name, 'alice', 'COUNT', 2, 'STREAMS', key, '>'],
    ['XREADGROUP', 'GROUP', name, 'bob', 'COUNT', 2, 'STREAMS', key, '>'],
    ['XACK', key, name, '3-1'],
    claim(random, key, name, 'alice', ['1-1', '2-1']),
    claim(random, key, name, 'bob', ['4-1']),
  ];
  return [
    ...repeat(8, (at): Command => ['XADD', key, `${at + 1}-1`, 'n', at, 'text', text(random, 8)]),
    ...group('billing'),
    ...group('shipping'),
    ['XDEL', key, '2-1'],
  ];
}

function claim(
  random: Random,
  key: Buffer,
  group: string,
  consumer: string,
  ids: string[],
): Command {
  const atMs = LONG_AGO_MS + random.integer(0, 10 ** 9);
  const deliveries = random.integer(1, 9);
  return [
    'XCLAIM',
    key,
    group,
    consumer,
    0,
    ...ids,
    'TIME',
    atMs,
    'RETRYCOUNT',
    deliveries,
    'JUSTID',
  ];
}
