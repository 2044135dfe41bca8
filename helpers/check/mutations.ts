import type { Capability } from '../deployment/capabilities.ts';

/** A command as it is sent; a Buffer stands for bytes that are not text. */
type Command = readonly [string, ...(string | number | Buffer)[]];

/** One way in which a copy of a dataset can be wrong, and how the comparison must word it. */
export interface Mutation {
  readonly name: string;
  /** Sent to both sides, in this database, before. Both then hold the same data. */
  readonly setup: readonly Command[];
  readonly db: number;
  /** Sent to the copy alone, in the same database. */
  readonly mutation: readonly Command[];
  /** The lines that describe the difference; `*` stands for anything. */
  readonly words: readonly string[];
  readonly needs?: Capability;
}

/** Every mutation touches this key alone, so deleting it from every database undoes any of them. */
export const MUTATED_KEY = 'mutated';

const K = MUTATED_KEY;
const YEAR_2100_MS = 4_102_444_800_000;

const STREAM: readonly Command[] = [
  ['XADD', K, '1-1', 'n', 1],
  ['XADD', K, '2-1', 'n', 2],
  ['XADD', K, '3-1', 'n', 3],
  ['XGROUP', 'CREATE', K, 'g', '0'],
  ['XREADGROUP', 'GROUP', 'g', 'alice', 'COUNT', 1, 'STREAMS', K, '>'],
  ['XREADGROUP', 'GROUP', 'g', 'bob', 'COUNT', 1, 'STREAMS', K, '>'],
  ['XCLAIM', K, 'g', 'alice', 0, '1-1', 'TIME', 1_600_000_000_000, 'RETRYCOUNT', 1, 'JUSTID'],
  ['XCLAIM', K, 'g', 'bob', 0, '2-1', 'TIME', 1_600_000_000_000, 'RETRYCOUNT', 1, 'JUSTID'],
];

function claim(consumer: string, atMs: number, deliveries: number): Command {
  return ['XCLAIM', K, 'g', consumer, 0, '1-1', 'TIME', atMs, 'RETRYCOUNT', deliveries, 'JUSTID'];
}

function pending(consumer: string, deliveries: number, atMs = 1_600_000_000_000): string {
  return `consumer "${consumer}", delivery count ${deliveries}, delivery time ${atMs} ms`;
}

const WRITTEN: Readonly<Record<string, readonly Command[]>> = {
  string: [['SET', K, 'value']],
  list: [['RPUSH', K, 'a', 'b', 'c']],
  set: [['SADD', K, 'a', 'b']],
  hash: [['HSET', K, 'age', 30, 'name', 'ann']],
  zset: [['ZADD', K, 1, 'a', 2, 'b']],
  stream: STREAM,
  expiring: [
    ['SET', K, 'value'],
    ['PEXPIREAT', K, YEAR_2100_MS],
  ],
};

type Row = readonly [
  name: string,
  setup: keyof typeof WRITTEN,
  mutation: readonly Command[],
  words: readonly string[],
  needs?: Capability,
];

const ROWS: readonly Row[] = [
  [
    'string: value',
    'string',
    [['SET', K, 'valve']],
    ['string "mutated": value is "valve", expected "value"'],
  ],
  [
    'string: one bit',
    'string',
    [['SETBIT', K, 0, 1]],
    ['string "mutated": value is "\\xf6alue", expected "value"'],
  ],
  [
    'string: binary byte appended',
    'string',
    [['APPEND', K, Buffer.from([0])]],
    ['string "mutated": value is "value\\x00", expected "value"'],
  ],
  [
    'list: element',
    'list',
    [['LSET', K, 1, 'x']],
    ['list "mutated": element 1 is "x", expected "b"'],
  ],
  [
    'list: order',
    'list',
    [
      ['LSET', K, 0, 'b'],
      ['LSET', K, 1, 'a'],
    ],
    ['list "mutated": element 0 is "b", expected "a" (and 1 more)'],
  ],
  [
    'list: tail missing',
    'list',
    [['RPOP', K]],
    ['list "mutated": element 2 is missing, expected "c"'],
  ],
  ['list: tail extra', 'list', [['RPUSH', K, '']], ['list "mutated": element 3 is extra: ""']],
  ['set: member missing', 'set', [['SREM', K, 'b']], ['set "mutated": member "b" is missing']],
  [
    'set: member extra',
    'set',
    [['SADD', K, Buffer.from([0xff, 0x0a])]],
    ['set "mutated": member "\\xff\\x0a" is extra'],
  ],
  [
    'hash: value',
    'hash',
    [['HSET', K, 'age', 31]],
    ['hash "mutated": field "age" is "31", expected "30"'],
  ],
  [
    'hash: field missing',
    'hash',
    [['HDEL', K, 'name']],
    ['hash "mutated": field "name" is missing, expected "ann"'],
  ],
  ['hash: field extra', 'hash', [['HSET', K, '', 'x']], ['hash "mutated": field "" is extra: "x"']],
  [
    'hash: field gets an expiry',
    'hash',
    [['HPEXPIREAT', K, YEAR_2100_MS, 'FIELDS', 1, 'age']],
    [`hash "mutated": expiry of field "age" is extra: ${YEAR_2100_MS} ms`],
    'hpexpireat',
  ],
  [
    'sorted set: score by the smallest step',
    'zset',
    [['ZADD', K, '1.0000000000000002', 'a']],
    ['zset "mutated": member "a" has score 1.0000000000000002, expected score 1'],
  ],
  [
    'sorted set: infinite score',
    'zset',
    [['ZADD', K, '-inf', 'b']],
    ['zset "mutated": member "b" has score -inf, expected score 2'],
  ],
  [
    'sorted set: member missing',
    'zset',
    [['ZREM', K, 'a']],
    ['zset "mutated": member "a" is missing, expected score 1'],
  ],
  [
    'sorted set: member extra',
    'zset',
    [['ZADD', K, 3, 'c']],
    ['zset "mutated": member "c" is extra: score 3'],
  ],
  [
    'stream: entry missing',
    'stream',
    [['XDEL', K, '3-1']],
    ['stream "mutated": entry 3-1 is missing, expected "n" "3"*'],
  ],
  [
    'stream: entry extra',
    'stream',
    [['XADD', K, '4-1', 'n', 4]],
    ['stream "mutated": last-generated-id is 4-1, expected 3-1 (and *'],
  ],
  [
    'stream: last ID',
    'stream',
    [['XSETID', K, '9-9']],
    ['stream "mutated": last-generated-id is 9-9, expected 3-1'],
  ],
  [
    'stream: counters',
    'stream',
    [['XSETID', K, '3-1', 'ENTRIESADDED', 7, 'MAXDELETEDID', '0-1']],
    ['stream "mutated": max-deleted-entry-id is 0-1, expected 0-0 (and 1 more)'],
    'stream-counters',
  ],
  [
    'stream: group missing',
    'stream',
    [['XGROUP', 'DESTROY', K, 'g']],
    ['stream "mutated": group "g" is missing, expected last-delivered-id 2-1 (and *'],
  ],
  [
    'stream: group extra',
    'stream',
    [['XGROUP', 'CREATE', K, 'h', '1-1']],
    ['stream "mutated": group "h" is extra: last-delivered-id 1-1*'],
  ],
  [
    'stream: group last ID',
    'stream',
    [['XGROUP', 'SETID', K, 'g', '1-1']],
    ['stream "mutated": group "g" has last-delivered-id 1-1, expected last-delivered-id 2-1*'],
  ],
  [
    'stream: group entries-read',
    'stream',
    [['XGROUP', 'SETID', K, 'g', '2-1', 'ENTRIESREAD', 1]],
    ['stream "mutated": entries-read of group "g" is 1, expected 2'],
    'entries-read-replicated',
  ],
  [
    'stream: pending entry acknowledged',
    'stream',
    [['XACK', K, 'g', '1-1']],
    [
      `stream "mutated": pending entry 1-1 of group "g" is missing, expected ${pending('alice', 1)}`,
    ],
  ],
  [
    'stream: pending entry of another consumer',
    'stream',
    [claim('bob', 1_600_000_000_000, 1)],
    [
      `stream "mutated": pending entry 1-1 of group "g" has ${pending('bob', 1)}, expected ${pending('alice', 1)}`,
    ],
  ],
  [
    'stream: delivery count',
    'stream',
    [claim('alice', 1_600_000_000_000, 2)],
    [
      `stream "mutated": pending entry 1-1 of group "g" has ${pending('alice', 2)}, expected ${pending('alice', 1)}`,
    ],
  ],
  [
    'stream: delivery time',
    'stream',
    [claim('alice', 1_600_000_000_001, 1)],
    [
      `stream "mutated": pending entry 1-1 of group "g" has ${pending('alice', 1, 1_600_000_000_001)}, expected ${pending('alice', 1)}`,
    ],
  ],
  [
    'stream: consumer missing, with what it had pending',
    'stream',
    [['XGROUP', 'DELCONSUMER', K, 'g', 'bob']],
    ['stream "mutated": consumer "bob" of group "g" is missing (and 1 more)'],
  ],
  [
    'stream: consumer extra',
    'stream',
    [['XGROUP', 'CREATECONSUMER', K, 'g', 'carol']],
    ['stream "mutated": consumer "carol" of group "g" is extra'],
    'createconsumer',
  ],
  [
    'expiry: 1 s late',
    'expiring',
    [['PEXPIREAT', K, YEAR_2100_MS + 1_000]],
    ['string "mutated": expires at * ms, expected * ms: * ms late'],
  ],
  [
    'expiry: 1 s early',
    'expiring',
    [['PEXPIREAT', K, YEAR_2100_MS - 1_000]],
    ['string "mutated": expires at * ms, expected * ms: * ms early'],
  ],
  [
    'expiry: lost',
    'expiring',
    [['PERSIST', K]],
    ['string "mutated": never expires, expected expiry at * ms'],
  ],
  [
    'expiry: gained',
    'hash',
    [['PEXPIREAT', K, YEAR_2100_MS]],
    ['hash "mutated": expires at * ms, expected no expiry'],
  ],
  ['key: missing', 'string', [['DEL', K]], ['string "mutated": missing']],
  [
    'key: other type',
    'string',
    [
      ['DEL', K],
      ['RPUSH', K, 'value'],
    ],
    ['string "mutated": is a list'],
  ],
];

/** One row per kind of difference that replication could leave behind. */
export const MUTATIONS: readonly Mutation[] = [
  ...ROWS.map(([name, setup, mutation, words, needs]) => ({
    name,
    db: 9,
    setup: WRITTEN[setup] ?? [],
    mutation,
    words: words.map((line) => `db 9 ${line}`),
    ...(needs !== undefined && { needs }),
  })),
  {
    name: 'hash: expiry of a field by 1 s',
    db: 9,
    setup: [
      ['HSET', K, 'age', 30],
      ['HPEXPIREAT', K, YEAR_2100_MS, 'FIELDS', 1, 'age'],
    ],
    mutation: [['HPEXPIREAT', K, YEAR_2100_MS + 1_000, 'FIELDS', 1, 'age']],
    words: [
      `db 9 hash "mutated": expiry of field "age" is ${YEAR_2100_MS + 1_000} ms, expected ${YEAR_2100_MS} ms`,
    ],
    needs: 'hpexpireat',
  },
  {
    name: 'hash: expiry of a field lost',
    db: 9,
    setup: [
      ['HSET', K, 'age', 30],
      ['HPEXPIREAT', K, YEAR_2100_MS, 'FIELDS', 1, 'age'],
    ],
    mutation: [['HPERSIST', K, 'FIELDS', 1, 'age']],
    words: [`db 9 hash "mutated": expiry of field "age" is missing, expected ${YEAR_2100_MS} ms`],
    needs: 'hpexpireat',
  },
  {
    name: 'string: one byte of a long value',
    db: 9,
    setup: [['SET', K, 'x'.repeat(100_000)]],
    mutation: [['SETRANGE', K, 50_000, 'y']],
    words: [
      `db 9 string "mutated": value is "${'x'.repeat(32)}...${'x'.repeat(16)}" (100000 bytes), expected * they part at byte 50000: "yxxxxxxx", expected "xxxxxxxx"`,
    ],
  },
  {
    name: 'key: extra',
    db: 11,
    setup: [],
    mutation: [['SADD', K, 'a']],
    words: ['db 11 set "mutated": extra'],
  },
  {
    name: 'key: in another database',
    db: 9,
    setup: [['SET', K, 'value']],
    mutation: [['MOVE', K, 11]],
    words: ['db 9 string "mutated": missing', 'db 11 string "mutated": extra'],
  },
];
