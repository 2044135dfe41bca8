/**
 * What a master's replication stream holds for what its clients did: effects, not commands, so that replicas come to
 * the same data whenever they read it. A spy replica tells the stream, a real one converges.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  expect,
  masterWithReplicas,
  noPings,
  streamOf,
  test,
  until,
} from '../helpers/suite.ts';

/** In the year 2100. */
const FAR_S = 4_102_444_800;
const FAR_MS = FAR_S * 1_000;

test('increments by a float arrive as what they came to, and keep the time to live [C1]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('SET number 1.5', 'HSET hash field 1.5');
  await stream.after(`EXPIREAT number ${FAR_S}`, `EXPIREAT hash ${FAR_S}`);

  expect(await stream.after('INCRBYFLOAT number 0.25')).toEqual(['SET number 1.75 KEEPTTL']);
  expect(await stream.after('HINCRBYFLOAT hash field 0.25')).toEqual(['HSET hash field 1.75']);

  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('PTTL', 'number')).toBeGreaterThan(0);
  expect(await pair.replica.call('PTTL', 'hash')).toBeGreaterThan(0);
});

test('what reads and writes at once arrives as the write [C2]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const isNewer = can(deployment.target, 'get-and-change');

  const getset = await stream.after('SET key old', 'GETSET key new');
  expect(getset).toEqual(['SET key old', isNewer ? 'SET key new' : 'GETSET key new']);
  const others: [sent: string, arrives: string[]][] = [
    ['SET key newer GET', ['SET key newer']],
    [`GETEX key EXAT ${FAR_S}`, [`PEXPIREAT key ${FAR_MS}`]],
    ['GETEX key', []],
    ['GETEX key PERSIST', ['PERSIST key']],
    ['GETDEL key', ['DEL key']],
    ['GETDEL key', []],
  ];
  for (const [sent, arrives] of isNewer ? others : []) {
    expect(await stream.after(sent), sent).toEqual(arrives);
  }

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('times to live arrive as the time they end at', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const isAbsolute = can(await pair.master.snapshot(), 'absolute-ttls');
  const rows: [sent: string, arrives: string][] = [
    ['SET key v PX 900000', 'SET key v PXAT'],
    ['SET key v EX 900', 'SET key v PXAT'],
    ['SETEX key 900 v', 'SET key v PXAT'],
    ['PSETEX key 900000 v', 'SET key v PXAT'],
    ['EXPIRE key 900', 'PEXPIREAT key'],
    ['PEXPIRE key 900000', 'PEXPIREAT key'],
    [`EXPIREAT key ${FAR_S}`, 'PEXPIREAT key'],
    [`PEXPIREAT key ${FAR_MS}`, 'PEXPIREAT key'],
  ];

  for (const [sent, arrives] of rows) {
    const streamed = await stream.after(sent);
    const expected = isAbsolute
      ? `${arrives} ${await stream.client.call('PEXPIRETIME', 'key')}`
      : sent;
    expect(streamed, sent).toEqual([expected]);
  }

  await expect(pair.replica).toConvergeWith(pair.master);
});

test.for([
  { freed: 'at once', lazily: 'no', verb: 'DEL' },
  { freed: 'in the background', lazily: 'yes', verb: 'UNLINK' },
])(
  'a time to live that is over arrives as $verb where keys are freed $freed',
  async ({ lazily, verb }, { deployment }) => {
    const config = { 'lazyfree-lazy-expire': lazily };
    await using pair = await deployment.start(masterWithReplicas(1, { config }));
    await using stream = await streamOf(pair.master);

    expect(await stream.after('SET key v', 'EXPIRE key -1')).toEqual(['SET key v', `${verb} key`]);
    await stream.client.call('SET', 'key', 'v', 'PX', 1);
    await until(
      () => stream.client.call('EXISTS', 'key'),
      (exists) => exists === 0,
      { what: 'the key to expire', withinMs: 5_000 },
    );
    expect(await stream.after()).toEqual([expect.stringMatching(/^SET key v PX/), `${verb} key`]);

    await expect(pair.replica).toConvergeWith(pair.master);
  },
);

test('FLUSHDB and FLUSHALL arrive as they are, also where there is nothing [C5]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('SET here 1', 'SELECT 3', 'SET there 1');

  expect(await stream.after('FLUSHDB')).toEqual(['FLUSHDB']);
  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('EXISTS', 'here')).toBe(1);
  for (const flush of ['FLUSHALL', 'FLUSHALL ASYNC', 'FLUSHDB ASYNC']) {
    expect(await stream.after(flush), flush).toEqual([flush]);
  }
  await stream.client.call('FLUSHALL');
  await expect(pair.replica).toConvergeWith(pair.master);
  expect((await pair.replica.snapshot()).keys).toEqual(new Map());

  const ofNothing = can(await pair.master.snapshot(), 'empty-flushdb-replicated')
    ? ['FLUSHDB']
    : [];
  const streamed = await stream.after('SELECT 5', 'FLUSHDB', 'FLUSHALL');
  expect(streamed).toEqual(['FLUSHALL', 'SELECT 5', ...ofNothing, 'FLUSHALL']);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('positions arrive as scores, and searches that store arrive as they are, also of nothing new', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const added = await stream.after('GEOADD geo 13.361389 38.115556 a 15.087269 37.502669 b');
  expect(added).toEqual(['ZADD geo 3479099956230698 a 3479447370796909 b']);
  expect(await stream.after('GEOADD geo 13.361389 38.115556 a')).toEqual([]);

  const stores = [
    'GEORADIUS geo 15 37 200 km STORE near',
    'GEORADIUSBYMEMBER geo a 1 km STOREDIST near',
    ...(can(deployment.target, 'geosearchstore')
      ? ['GEOSEARCHSTORE near geo FROMMEMBER a BYRADIUS 200 km']
      : []),
  ];
  for (const search of stores) expect(await stream.after(search), search).toEqual([search]);
  expect(await stream.after('GEORADIUS geo 15 37 200 km')).toEqual([]);

  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('ZCARD', 'near')).toBeGreaterThan(0);
});

test('PFCOUNT arrives if it writes the count into the key, which is until the next change', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('PFADD other c d');

  const rows: [sent: string, isWritten: boolean][] = [
    ['PFADD key a b', true],
    ['PFCOUNT key', true],
    ['PFCOUNT key', false],
    ['PFADD key a', false],
    ['PFCOUNT key', false],
    ['PFADD key new', true],
    ['PFCOUNT key other', false],
    ['PFCOUNT key', true],
  ];
  for (const [step, [sent, isWritten]] of rows.entries()) {
    expect(await stream.after(sent), `${step}: ${sent}`).toEqual(isWritten ? [sent] : []);
  }

  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('GET', 'key')).toBe(await pair.master.call('GET', 'key'));
});

test('messages arrive, whether anybody listens or not', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const isBare = can(deployment.target, 'bare-single-writes');
  const sharded = can(deployment.target, 'sharded-messages') ? ['SPUBLISH channel m'] : [];

  for (const publish of ['PUBLISH channel m', ...sharded]) {
    expect(await stream.after(publish)).toEqual([publish]);
    const alone = await stream.after('MULTI', publish, 'EXEC');
    expect(alone).toEqual(isBare ? [publish] : ['MULTI', publish, 'EXEC']);
    const transaction = ['MULTI', 'SET key v', publish, 'EXEC'];
    expect(await stream.after(...transaction)).toEqual(transaction);
  }

  await expect(pair.replica).toConvergeWith(pair.master);
});

const READS = ['GET string', 'TTL string', 'SRANDMEMBER set', 'RANDOMKEY', 'SCAN 0'];
const IN_VAIN = [
  'SETNX string w',
  'SET string w NX',
  'PERSIST string',
  'EXPIRE none 1',
  'DEL none',
  'SADD set a',
  'SREM set c',
  'SMOVE set none c',
  'ZADD zset 1 a',
  'LTRIM none 0 1',
  'LPUSHX none 1',
];
const FAILING = ['INCR string', 'LPUSH set 1', 'SET string', 'RENAME none one', 'NOSUCH command'];

test.for([
  { what: 'makes', bytes: 0, sent: 'BITFIELD field OVERFLOW FAIL SET u1 7 2', to: 1 },
  { what: 'extends', bytes: 3, sent: 'BITFIELD field OVERFLOW FAIL INCRBY u8 #9 256', to: 10 },
])(
  'a string that a BITFIELD $what in vain is the same on both sides, but for a known defect',
  async ({ bytes, sent, to }, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1));
    const { master, replica } = pair;
    await using stream = await streamOf(master);
    if (bytes > 0) await stream.after(`SET field ${'v'.repeat(bytes)}`);

    const streamed = await stream.after(sent, 'SET after 1');

    await answers(replica, ['GET', 'after'], '1');
    expect(await master.call('STRLEN', 'field')).toBe(to);
    if (can(await master.snapshot(), 'failed-bitfields-kept-back')) {
      expect(streamed, 'a known defect').toEqual(['SET after 1']);
      expect(await replica.call('STRLEN', 'field')).toBe(bytes);
      await expect(expect(replica).toConvergeWith(master)).rejects.toThrow(/^correctness: /);
      await stream.after('SET field whole');
    } else {
      expect(streamed).toEqual([sent, 'SET after 1']);
    }
    await expect(replica).toConvergeWith(master);
  },
);

test('reads, writes without effect and commands that fail leave nothing', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await using stream = await streamOf(pair.master);
  await stream.after('SET string v', 'SADD set a b', 'ZADD zset 1 a');
  const { offset } = await pair.master.snapshot();
  for (const line of [...READS, ...IN_VAIN, ...FAILING]) {
    const [name = '', ...args] = line.split(' ');
    const replied = stream.client.call(name, ...args);
    if (FAILING.includes(line)) await expect(replied, line).rejects.toThrow(/^(ERR|WRONGTYPE) /);
    else await replied;
  }

  expect((await pair.master.snapshot()).offset).toBe(offset);
  expect(await stream.after()).toEqual([]);
  await expect(pair.replica).toConvergeWith(pair.master);
});
