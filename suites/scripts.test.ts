/** Scripts on a master: replicas get what they did, not what they were, and min-replicas-to-write holds for them, too. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  cut,
  type Deployments,
  expect,
  masterWithReplicas,
  noPings,
  refuses,
  streamOf,
  test,
} from '../helpers/suite.ts';

const REFUSED = 'NOREPLICAS Not enough good replicas to write.';
const oneReplicaNeeded = masterWithReplicas(1, {
  config: noPings,
  masterConfig: { 'min-replicas-to-write': 1 },
});

test('a script that writes twice arrives as a transaction, one that writes once as the write, one that reads not at all [C16]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const evaluated = async (script: string): Promise<string[]> => {
    await stream.client.call('EVAL', script, 0);
    return stream.after();
  };

  const twice = await evaluated("redis.call('SET', 'a', '1') redis.call('INCR', 'a')");
  expect(twice).toEqual(['MULTI', 'SET a 1', 'INCR a', 'EXEC']);
  const once = await evaluated("redis.call('GET', 'a') redis.call('SET', 'b', '2')");
  expect(once).toEqual(alone(deployment, 'SET b 2'));
  expect(await evaluated("return redis.call('GET', 'a')")).toEqual([]);

  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('MGET', 'a', 'b')).toEqual(['2', '2']);
});

test('a script that fails has done what it did before, here and on the replica [C16]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const writes = "redis.call('SET', 'a', '1') redis.call('SET', 'b', '2')";

  const failing = stream.client.call('EVAL', `${writes} redis.call('LPUSH', 'a', 'x')`, 0);
  await expect(failing).rejects.toThrow('WRONGTYPE');
  expect(await stream.after()).toEqual(['MULTI', 'SET a 1', 'SET b 2', 'EXEC']);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a script in a transaction arrives as a part of it [C16]', async ({ deployment }) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);

  await stream.client.call('MULTI');
  await stream.client.call('SET', 'a', '1');
  await stream.client.call('EVAL', "redis.call('SET', 'b', '2') redis.call('INCR', 'a')", 0);
  await stream.client.call('EXEC');

  expect(await stream.after()).toEqual(['MULTI', 'SET a 1', 'SET b 2', 'INCR a', 'EXEC']);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a script that goes to another database writes there on the replica, too, and nowhere else [C16]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  using client = pair.master.dedicated();
  const away =
    "redis.call('SET', 'here', '1') redis.call('SELECT', 3) redis.call('SET', 'there', '2')";

  await client.call('EVAL', away, 0);
  await client.call('SET', 'after', '3');

  await expect(pair.replica).toConvergeWith(pair.master);
  const { keys } = await pair.replica.snapshot();
  expect(keys).toEqual(
    new Map([
      [0, 2],
      [3, 1],
    ]),
  );
  expect(await pair.replica.call('MGET', 'here', 'after')).toEqual(['1', '3']);
});

test('FLUSHALL in a script arrives, also of nothing, and empties the replica [C5]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('SET here 1', 'SELECT 3', 'SET there 1', 'SELECT 0');

  await stream.client.call('EVAL', "redis.call('FLUSHALL')", 0);
  expect(await stream.after()).toEqual(alone(deployment, 'FLUSHALL'));
  await stream.client.call('EVAL', "redis.call('FLUSHALL') redis.call('FLUSHALL')", 0);
  await expect(pair.replica).toConvergeWith(pair.master);
  expect((await pair.replica.snapshot()).keys).toEqual(new Map());

  expect(await stream.after()).toEqual(['MULTI', 'FLUSHALL', 'FLUSHALL', 'EXEC']);
});

test('what a script leaves to chance or to the clock arrives as what came of it [C9]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('SADD set a b c d');

  const [popped, time, random] = (await stream.client.call(
    'EVAL',
    `local popped = redis.call('SPOP', 'set')
     local time = redis.call('TIME')[1]
     local random = tostring(math.random())
     redis.call('MSET', 'popped', popped, 'time', time, 'random', random)
     return { popped, time, random }`,
    0,
  )) as string[];

  expect(await stream.after()).toEqual([
    'MULTI',
    `SREM set ${popped}`,
    `MSET popped ${popped} time ${time} random ${random}`,
    'EXEC',
  ]);
  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('MGET', 'popped', 'time', 'random')).toEqual([
    popped,
    time,
    random,
  ]);
});

test('min-replicas-to-write holds for a script that writes, one that only reads goes on [W1]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(oneReplicaNeeded);
  const { master, replica } = pair;
  const write = () => master.call('EVAL', "return redis.call('SET', 'script', '1')", 0);
  const read = () => master.call('EVAL', "return redis.call('GET', 'key')", 0);
  await answers(master, ['SET', 'key', 'value'], 'OK');

  const outage = await replica.link.apply(cut());
  await refuses(master, ['SET', 'key', 'refused'], REFUSED);
  const { offset } = await master.snapshot();
  if (can(deployment.target, 'scripts-heed-min-replicas')) {
    await expect(write()).rejects.toThrow(REFUSED);
    expect((await master.snapshot()).offset, 'a refused write is not in the stream').toBe(offset);
  } else {
    expect(await write(), 'Redis 6 writes what nobody else has').toBe('OK');
  }
  expect(await read()).toBe('value');
  await outage.heal();

  await answers(master, ['SET', 'key', 'value'], 'OK');
  expect(await write()).toBe('OK');
  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
});

test('a replica runs scripts that read, and refuses the writes of others', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  await pair.master.call('SET', 'key', 'value');
  await expect(pair.replica).toConvergeWith(pair.master);

  expect(await pair.replica.call('EVAL', "return redis.call('GET', 'key')", 0)).toBe('value');
  const writing = pair.replica.call('EVAL', "return redis.call('SET', 'key', 'mine')", 0);
  await expect(writing).rejects.toThrow(/READONLY You can't write against a read only replica/);

  await expect(pair.replica).toConvergeWith(pair.master);
});

/** How a single write of a script arrives. */
function alone({ target }: Deployments, write: string): string[] {
  return can(target, 'bare-single-writes') ? [write] : ['MULTI', write, 'EXEC'];
}
