import { type Random, seeded } from '../random.ts';
import type { Command } from './command.ts';

export interface RandomCommandsOptions {
  readonly seed: number;
  /** How many, MULTI and EXEC not counted. */
  readonly count: number;
  /** Keys per type. Default 20: few, so that commands meet what others left. */
  readonly keys?: number;
  /** Longest time to live that is given. Default 500. */
  readonly ttlMaxMs?: number;
}

/** What a command can be drawn from. */
interface Draw {
  readonly random: Random;
  /** Mostly a key of this type, else one of any. */
  key(type: Type): string;
  any(): string;
  element(): string;
  integer(): number;
  score(): number;
  ttlMs(): number;
}

const TYPES = [
  'string',
  'counter',
  'bits',
  'log',
  'list',
  'set',
  'hash',
  'zset',
  'stream',
] as const;
type Type = (typeof TYPES)[number];

const OTHER_TYPE = 0.05;
const TRANSACTION = 0.03;

/** Every one is there since Redis 6.0, and writes; what it writes depends on nothing but the data of the server it is sent to. */
const DRAWERS: readonly ((draw: Draw) => Command)[] = [
  (d) => ['SET', d.key('string'), d.random.bytes(d.random.integer(0, 100))],
  (d) => ['SET', d.key('string'), d.element(), 'PX', d.ttlMs()],
  (d) => ['SET', d.any(), d.element(), 'KEEPTTL'],
  (d) => ['SET', d.any(), d.element(), d.random.pick(['NX', 'XX'])],
  (d) => ['SETEX', d.key('string'), 1, d.element()],
  (d) => ['PSETEX', d.key('string'), d.ttlMs(), d.element()],
  (d) => ['SETNX', d.any(), d.element()],
  (d) => ['GETSET', d.key('string'), d.element()],
  (d) => ['MSET', d.key('string'), d.element(), d.key('string'), d.element()],
  (d) => ['MSETNX', d.key('string'), d.element(), d.key('counter'), d.integer()],
  (d) => ['APPEND', d.key('string'), d.element()],
  (d) => ['SETRANGE', d.key('string'), d.random.integer(0, 300), d.element()],
  (d) => ['INCR', d.key('counter')],
  (d) => ['DECRBY', d.key('counter'), d.integer()],
  (d) => ['INCRBYFLOAT', d.key('counter'), d.integer() / 8],
  (d) => ['SETBIT', d.key('bits'), d.random.integer(0, 2_000), d.random.integer(0, 1)],
  (d) => ['BITFIELD', d.key('bits'), 'INCRBY', 'u5', d.random.integer(0, 500), d.integer()],
  (d) => [
    'BITOP',
    d.random.pick(['AND', 'OR', 'XOR']),
    d.key('bits'),
    d.key('bits'),
    d.key('bits'),
  ],
  (d) => ['PFADD', d.key('log'), d.element(), d.element()],
  (d) => ['PFCOUNT', d.key('log')],
  (d) => ['PFMERGE', d.key('log'), d.key('log'), d.key('log')],
  (d) => ['LPUSH', d.key('list'), d.element(), d.element()],
  (d) => ['RPUSH', d.key('list'), d.integer()],
  (d) => ['RPUSHX', d.key('list'), d.element()],
  (d) => [d.random.pick(['LPOP', 'RPOP']), d.key('list')],
  (d) => ['LTRIM', d.key('list'), 0, d.random.integer(20, 60)],
  (d) => ['LSET', d.key('list'), d.random.integer(-5, 5), d.element()],
  (d) => ['LINSERT', d.key('list'), d.random.pick(['BEFORE', 'AFTER']), d.element(), d.element()],
  (d) => ['LREM', d.key('list'), d.random.integer(-2, 2), d.element()],
  (d) => ['RPOPLPUSH', d.key('list'), d.key('list')],
  (d) => ['SORT', d.random.pick([d.key('list'), d.key('set')]), 'ALPHA', 'STORE', d.key('list')],
  (d) => ['SADD', d.key('set'), d.element(), d.element(), d.integer()],
  (d) => ['SADD', d.key('set'), ...Array.from({ length: 8 }, d.element)],
  (d) => ['SREM', d.key('set'), d.element(), d.element()],
  (d) => ['SPOP', d.key('set')],
  (d) => ['SPOP', d.key('set'), d.random.integer(2, 4)],
  (d) => ['SMOVE', d.key('set'), d.key('set'), d.element()],
  (d) => [
    d.random.pick(['SUNIONSTORE', 'SUNIONSTORE', 'SINTERSTORE', 'SDIFFSTORE']),
    d.key('set'),
    d.key('set'),
    d.key('set'),
  ],
  (d) => ['HSET', d.key('hash'), d.element(), d.element(), d.element(), d.integer()],
  (d) => ['HSETNX', d.key('hash'), d.element(), d.element()],
  (d) => ['HDEL', d.key('hash'), d.element(), d.element()],
  (d) => ['HINCRBY', d.key('hash'), d.element(), d.integer()],
  (d) => ['HINCRBYFLOAT', d.key('hash'), d.element(), d.integer() / 8],
  (d) => ['ZADD', d.key('zset'), d.score(), d.element(), d.score(), d.element()],
  (d) => [
    'ZADD',
    d.key('zset'),
    ...Array.from({ length: 8 }, () => [d.score(), d.element()]).flat(),
  ],
  (d) => ['ZADD', d.key('zset'), d.random.pick(['NX', 'XX']), 'CH', d.score(), d.element()],
  (d) => ['ZINCRBY', d.key('zset'), d.score(), d.element()],
  (d) => ['ZREM', d.key('zset'), d.element()],
  (d) => [d.random.pick(['ZPOPMIN', 'ZPOPMAX']), d.key('zset'), d.random.integer(1, 3)],
  (d) => ['ZREMRANGEBYRANK', d.key('zset'), 0, d.random.integer(-40, 2)],
  (d) => ['ZREMRANGEBYSCORE', d.key('zset'), d.score(), d.score()],
  (d) => [
    d.random.pick(['ZUNIONSTORE', 'ZUNIONSTORE', 'ZINTERSTORE']),
    ...[d.key('zset'), 2, d.key('zset'), d.random.pick([d.key('zset'), d.key('set')])],
    ...['AGGREGATE', d.random.pick(['SUM', 'MIN', 'MAX'])],
  ],
  (d) => [
    'GEOADD',
    d.key('zset'),
    d.random.integer(-180, 179),
    d.random.integer(-80, 80),
    d.element(),
  ],
  (d) => ['XADD', d.key('stream'), '*', d.element(), d.element()],
  (d) => ['XADD', d.key('stream'), 'MAXLEN', '~', 20, '*', d.element(), d.integer()],
  (d) => ['XTRIM', d.key('stream'), 'MAXLEN', d.random.integer(0, 20)],
  (d) => ['XGROUP', 'CREATE', d.key('stream'), d.element(), d.random.pick(['0', '$']), 'MKSTREAM'],
  (d) => ['XGROUP', 'DESTROY', d.key('stream'), d.element()],
  (d) => [d.random.pick(['DEL', 'UNLINK']), d.any(), d.any()],
  (d) => ['RENAME', d.any(), d.any()],
  (d) => ['RENAMENX', d.any(), d.any()],
  (d) => ['PEXPIRE', d.any(), d.ttlMs()],
  (d) => ['PEXPIRE', d.any(), d.ttlMs()],
  (d) => ['EXPIRE', d.any(), d.random.integer(-1, 1)],
  (d) => ['PERSIST', d.any()],
];

/**
 * Commands on data of every type, with times to live, some in transactions: the seed determines them. Some are
 * refused, for they meet another type or what is not there; that, too, depends on the data alone.
 */
export function randomCommands(options: RandomCommandsOptions): Command[] {
  const { seed, count, keys = 20, ttlMaxMs = 500 } = options;
  const random = seeded(seed).fork('commands');
  const any = (): string => `${random.pick(TYPES)}:${random.integer(1, keys)}`;
  const draw: Draw = {
    random,
    any,
    key: (type) => (random.chance(OTHER_TYPE) ? any() : `${type}:${random.integer(1, keys)}`),
    element: () => `element:${random.integer(1, 40)}`,
    integer: () => random.integer(-100, 100),
    // Eighths are exact, in whichever order they are added.
    score: () => random.integer(-800, 800) / 8,
    ttlMs: () => random.integer(1, ttlMaxMs),
  };
  const next = (): Command => random.pick(DRAWERS)(draw);
  const commands: Command[] = [];
  let drawn = 0;
  while (drawn < count) {
    const run = Array.from({ length: random.chance(TRANSACTION) ? random.integer(2, 6) : 1 }, next);
    commands.push(...(run.length > 1 ? [['MULTI'] as const, ...run, ['EXEC'] as const] : run));
    drawn += run.length;
  }
  return commands;
}
