/**
 * Keys and fields that end by themselves: what a master's replication stream says when a time is over, when memory is, and
 * what becomes of the write that met them.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import type { Control } from '../helpers/deployment/control.ts';
import {
  debugAllowed,
  expect,
  masterWithReplicas,
  type Node,
  streamOf,
  test,
  timeMs,
  until,
} from '../helpers/suite.ts';

/** In the year 2100. */
const FAR_S = 4_102_444_800;
const FAR_MS = FAR_S * 1_000;

const TTL_MS = 100;

const FREED = [
  { freed: 'at once', lazily: 'no', verb: 'DEL' },
  { freed: 'in the background', lazily: 'yes', verb: 'UNLINK' },
];

test.for(FREED)(
  'a write to a key whose time is over arrives after a $verb of it where keys are freed $freed',
  async ({ lazily, verb }, { deployment }) => {
    const config = { 'lazyfree-lazy-expire': lazily, ...debugAllowed(deployment.target) };
    await using pair = await deployment.start(masterWithReplicas(1, { config }));
    const { master } = pair;
    await using stream = await streamOf(master);
    await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0);
    const isOne = can(deployment.target, 'expired-goes-with-the-write');
    const expired = async (key: string): Promise<void> => {
      await stream.after(`DEL ${key}`, `SET ${key} old PX ${TTL_MS}`);
      await ended(master);
    };

    for (const write of [
      'SET key new',
      'INCR key',
      'SADD key m',
      'SETNX key new',
      'APPEND key x',
    ]) {
      await expired('key');
      const both = [`${verb} key`, write];
      const arrives = isOne ? ['MULTI', ...both, 'EXEC'] : both;
      expect(await stream.after(write), write).toEqual(arrives);
    }
    for (const inVain of ['DEL key', 'SREM key m', 'GETSET other new']) {
      await expired('key');
      const streamed = await stream.after(inVain, 'GET key');
      expect(
        streamed.filter((line) => line.endsWith(' key')),
        inVain,
      ).toEqual([`${verb} key`]);
    }
    await expired('key');
    const transaction = await stream.after('MULTI', 'INCR key', 'INCR other:key', 'EXEC');
    expect(transaction).toEqual(['MULTI', `${verb} key`, 'INCR key', 'INCR other:key', 'EXEC']);

    await expect(pair.replica).toConvergeWith(master);
  },
);

test.for(FREED)(
  'a key that is evicted arrives as $verb where keys are freed $freed, and a write refused for memory not at all',
  async ({ lazily, verb }, { deployment }) => {
    const config = { 'maxmemory-policy': 'volatile-ttl', 'lazyfree-lazy-eviction': lazily };
    await using pair = await deployment.start(masterWithReplicas(1, { config }));
    const { master, replica } = pair;
    await using stream = await streamOf(master);
    await stream.after('SET stays 1', 'SET goes 1', `PEXPIREAT goes ${FAR_MS}`);
    await expect(replica).toConvergeWith(master);

    // A replica leaves it to its master (replica-ignore-maxmemory).
    for (const node of pair.nodes) await node.call('CONFIG', 'SET', 'maxmemory', 1);
    await expect(stream.client.call('SET', 'refused', '1')).rejects.toThrow(/^OOM /);
    await master.call('CONFIG', 'SET', 'maxmemory', 0);

    expect(await stream.after()).toEqual([`${verb} goes`]);
    await stream.after('SET after 1', `PEXPIREAT after ${FAR_MS}`);
    await expect(replica).toConvergeWith(master);
    expect(await replica.call('MGET', 'stays', 'goes', 'after')).toEqual(['1', null, '1']);
  },
);

test('several keys that end at once, by their time or for lack of memory, arrive one by one, though no client does anything', async ({
  deployment,
}) => {
  const config = {
    'maxmemory-policy': 'volatile-ttl',
    'lazyfree-lazy-expire': 'no',
    'lazyfree-lazy-eviction': 'no',
    ...debugAllowed(deployment.target),
  };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  await using stream = await streamOf(master);
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const oneByOne = keys.map((key) => `DEL ${key}`);
  const allGone = () =>
    until(
      () => replica.call('DBSIZE'),
      (size) => size === 1,
      { what: `${replica.name} to be told that all but the marker are gone`, withinMs: 10_000 },
    );

  await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0);
  await stream.after(...keys.map((key) => `SET ${key} 1 PX ${TTL_MS}`));
  await ended(master);
  await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 1);
  await allGone();
  expect((await stream.after()).toSorted()).toEqual(oneByOne);

  await stream.after(...keys.map((key) => `SET ${key} 1`));
  await stream.after(...keys.map((key) => `PEXPIREAT ${key} ${FAR_MS}`));
  await master.call('CONFIG', 'SET', 'maxmemory', 1);
  await allGone();
  await master.call('CONFIG', 'SET', 'maxmemory', 0);
  expect((await stream.after()).toSorted()).toEqual(oneByOne);

  await expect(replica).toConvergeWith(master);
});

test('what RESTORE brings arrives as it is, its time to live as the time it ends at', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const { client } = stream;
  await stream.after('SET key v');
  const dumped = (await client.callBuffer('DUMP', 'key')) as Buffer;
  const restored = async (...args: (string | number)[]): Promise<string[]> => {
    const [ttl = 0, ...options] = args;
    await client.call('RESTORE', 'copy', ttl, dumped, ...options);
    return (await stream.after()).map((line) => line.replace(dumped.toString('latin1'), 'dumped'));
  };

  expect(await restored(0)).toEqual(['RESTORE copy 0 dumped']);
  const relative = await restored(900_000, 'REPLACE');
  const endsAtMs = can(deployment.target, 'absolute-ttls')
    ? `${await client.call('PEXPIRETIME', 'copy')} dumped REPLACE ABSTTL`
    : '900000 dumped REPLACE';
  expect(relative).toEqual([`RESTORE copy ${endsAtMs}`]);
  const absolute = await restored(FAR_MS, 'ABSTTL', 'REPLACE');
  expect(absolute).toEqual([`RESTORE copy ${FAR_MS} dumped ABSTTL REPLACE`]);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('times to live of hash fields arrive as the time they end at, and a field that ends as HDEL', async ({
  deployment,
}) => {
  deployment.needsServer('hpexpireat');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const endOf = (field: string) => fieldEnds(stream.client, 'h', field);
  await stream.after('HSET h a 1 b 2 c 3');

  for (const sent of ['HPEXPIRE h 900000 FIELDS 2 a b', 'HEXPIRE h 900 FIELDS 2 a b']) {
    const streamed = await stream.after(sent);
    expect(streamed, sent).toEqual([`HPEXPIREAT h ${await endOf('a')} FIELDS 2 a b`]);
  }
  const rows: [sent: string, arrives: string[]][] = [
    [`HEXPIREAT h ${FAR_S} FIELDS 1 a`, [`HPEXPIREAT h ${FAR_MS} FIELDS 1 a`]],
    ['HPERSIST h FIELDS 1 a', ['HPERSIST h FIELDS 1 a']],
    ['HPERSIST h FIELDS 1 a', []],
    ['HPEXPIREAT h 1 FIELDS 1 b', ['HDEL h b']],
    ['HEXPIRE h 0 FIELDS 1 a', ['HDEL h a']],
  ];
  for (const [sent, arrives] of rows) expect(await stream.after(sent), sent).toEqual(arrives);
  const soon = await stream.after('HPEXPIRE h 1 FIELDS 1 c', 'SET other 1');
  expect(soon.at(0)).toMatch(/^HPEXPIREAT h \d{13} FIELDS 1 c$/);
  await until(
    () => stream.client.call('EXISTS', 'h'),
    (exists) => exists === 0,
    { what: 'the last field to expire', withinMs: 10_000 },
  );
  const ends = [...soon, ...(await stream.after())].filter((line) => line.startsWith('HDEL '));
  expect(ends).toEqual(['HDEL h c']);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('fields written with a time to live arrive with the time they end at', async ({
  deployment,
}) => {
  deployment.needsServer('hsetex');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const ends = () => fieldEnds(stream.client, 'h', 'f');

  const set = await stream.after('HSETEX h EX 900 FIELDS 1 f v');
  expect(set).toEqual([`HSETEX h PXAT ${await ends()} FIELDS 1 f v`]);
  const got = await stream.after('HGETEX h EX 90 FIELDS 1 f');
  expect(got).toEqual([`HPEXPIREAT h ${await ends()} FIELDS 1 f`]);
  expect(await stream.after('HGETEX h FIELDS 1 f')).toEqual([]);
  expect(await stream.after('HGETEX h PERSIST FIELDS 1 f')).toEqual(['HPERSIST h FIELDS 1 f']);

  await expect(pair.replica).toConvergeWith(pair.master);
});

/** The time that a field of a hash ends at, in ms since 1970. */
async function fieldEnds(client: Control, key: string, field: string): Promise<unknown> {
  const [end] = (await client.call('HPEXPIRETIME', key, 'FIELDS', 1, field)) as unknown[];
  return end;
}

/** Waits until times to live that were given before are over. Who reads such a key deletes it, so the clock is asked. */
async function ended(master: Node): Promise<void> {
  const endsAtMs = (await timeMs(master)) + TTL_MS;
  await until(
    () => timeMs(master),
    (nowMs) => nowMs > endsAtMs,
    { what: 'times to live to end', withinMs: 10_000 },
  );
}
