import {
  bandwidth,
  expect,
  masterWithReplicas,
  type Node,
  noPings,
  perform,
  randomCommands,
  slices,
  test,
  until,
} from '../helpers/suite.ts';

const PAIRS = 1_000;
const ROUNDS_MIN = 100;
const SEEN_MIN = 5;

test('an MSET of a thousand pairs arrives whole, a hundred times and more, over a link that cuts it to pieces [C10]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  const { link } = pair.replica;
  await link.apply(slices('downstream', { averageBytes: 300, delayUs: 20 }));
  const keys = Array.from({ length: PAIRS }, (_, index) => `key:${index}`);

  const seen = new Set<string | null>();
  let rounds = 0;
  let written = false;
  const write = async (): Promise<void> => {
    using client = pair.master.dedicated();
    while (rounds < ROUNDS_MIN || seen.size < SEEN_MIN) {
      rounds += 1;
      await client.call('MSET', ...keys.flatMap((key) => [key, `round ${rounds}`]));
    }
    written = true;
  };
  const look = async (): Promise<void> => {
    while (!written) {
      const values = (await pair.replica.call('MGET', ...keys)) as (string | null)[];
      expect(new Set(values).size).toBe(1);
      seen.add(values[0] ?? null);
    }
  };
  await Promise.all([write(), look()]);

  await expect(pair.replica).toConvergeWith(pair.master, { withinMs: 40_000 });
  expect(await pair.replica.call('GET', 'key:999')).toBe(`round ${rounds}`);
  await expect(pair.replica).toHaveStayedInSync();
});

test('ten thousand random commands on every type, of which many expire, leave the same data [C12]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));

  const commands = randomCommands({ seed: 1, count: 10_000, ttlMaxMs: 50 });
  const { ok, refused } = await perform(pair.master, commands);

  expect(ok).toBeGreaterThan(5_000);
  expect(refused).toBeGreaterThan(100);
  for (const node of pair.nodes) await nothingExpires(node);
  expect(Number(/^expired_keys:(\d+)/m.exec(await pair.master.info())?.[1])).toBeGreaterThan(50);
  expect(await pair.master.call('DBSIZE')).toBeGreaterThan(100);
  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});

/** Each with the keys it waits for; a second is the longest it waits in one go. */
const BLOCKING = [
  ['BLPOP', 'list:1', 'list:2', 'list:3', 1],
  ['BRPOP', 'list:3', 'list:1', 1],
  ['BRPOPLPUSH', 'list:2', 'list:3', 1],
  ['BZPOPMIN', 'zset:1', 'zset:2', 1],
  ['BZPOPMAX', 'zset:2', 'zset:1', 1],
] as const;
const SERVED_MIN = 100;

test('clients that block on lists and sorted sets take the same elements on the replica [C13]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await pair.replica.link.apply(bandwidth('downstream', { kilobytesPerSecond: 1_000 }));
  const served = new Map<string, number>(BLOCKING.map(([name]) => [name, 0]));
  let stopped = false;

  const pop = async ([name, ...args]: (typeof BLOCKING)[number]): Promise<void> => {
    using client = pair.master.dedicated();
    while (!stopped) {
      const reply = await client.call(name, ...args);
      if (reply !== null) served.set(name, (served.get(name) ?? 0) + 1);
    }
  };
  const push = async (): Promise<void> => {
    using client = pair.master.dedicated();
    for (let element = 1; !stopped; element += 1) {
      const list = `list:${(element % 3) + 1}`;
      await client.call('RPUSH', list, element);
      await client.call('ZADD', `zset:${(element % 2) + 1}`, element % 7, element);
      if (element % 10 > 0) continue;
      // What a transaction pushes and takes back nobody who waits has seen.
      await client.call('MULTI');
      await client.call('LPUSH', list, 'taken back');
      await client.call('LPOP', list);
      await client.call('EXEC');
    }
  };
  const clients = [push(), ...BLOCKING.flatMap((one) => [pop(one), pop(one)])];
  await until(
    () => [...served],
    (counts) => counts.every(([, count]) => count >= SERVED_MIN),
    { what: 'every kind of pop to be served', withinMs: 120_000, verdict: 'inconclusive' },
  ).finally(() => {
    stopped = true;
  });
  await Promise.all(clients);

  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});

/** Waits until no key of the node has a time to live. */
async function nothingExpires(node: Node): Promise<void> {
  await until(
    async () => /^db0:.*$/m.exec(await node.info())?.[0],
    (keyspace) => keyspace === undefined || keyspace.includes(',expires=0'),
    { what: `no key of ${node.name} to have a time to live`, withinMs: 20_000 },
  );
}
