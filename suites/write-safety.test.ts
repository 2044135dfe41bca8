/** What a master promises of a write: min-replicas-to-write, WAIT, WAITAOF. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  blocked,
  cut,
  expect,
  masterWithReplicas,
  noPings,
  now,
  refuses,
  test,
  until,
} from '../helpers/suite.ts';

const WRITE = ['SET', 'key', 'value'] as const;
const REFUSED = 'NOREPLICAS Not enough good replicas to write.';
/** Below the time after which the harness gives up on a command. */
const ACKNOWLEDGED_WITHIN_MS = 8_000;
/** Servers take the time once per turn of their loop. */
const CLOCK_STEP_MS = 50;

test('with fewer replicas than min-replicas-to-write nothing is written, reads go on [W1]', async ({
  deployment,
}) => {
  const masterConfig = { 'min-replicas-to-write': 2 };
  await using three = await deployment.start(
    masterWithReplicas(2, { config: noPings, masterConfig }),
  );
  const { master, replica } = three;
  await answers(master, WRITE, 'OK');
  for (const one of three.replicas) await expect(one).toConvergeWith(master);

  using transaction = master.dedicated();
  await transaction.call('MULTI');
  await transaction.call('SET', 'refused', '1');

  const outage = await replica.link.apply(cut());
  await refuses(master, WRITE, REFUSED);
  const { offset } = await master.snapshot();
  await expect(master.call('SET', 'refused', '1')).rejects.toThrow(REFUSED);
  await expect(transaction.call('EXEC')).rejects.toThrow(REFUSED);
  expect(await master.call('GET', 'refused')).toBeNull();
  expect(await master.call('GET', 'key')).toBe('value');
  expect((await master.snapshot()).offset, 'a refused write is not in the stream').toBe(offset);
  await outage.heal();

  await answers(master, WRITE, 'OK');
  await expect(replica).toResync('partial');
  for (const one of three.replicas) await expect(one).toConvergeWith(master);
});

test('a replica that is paused for longer than min-replicas-max-lag does not count until it goes on [W1]', async ({
  deployment,
}) => {
  const masterConfig = { 'min-replicas-to-write': 1, 'min-replicas-max-lag': 1 };
  await using pair = await deployment.start(masterWithReplicas(1, { masterConfig }));
  await answers(pair.master, WRITE, 'OK');

  await pair.replica.pause();
  await refuses(pair.master, WRITE, REFUSED);
  // An acknowledgement from before the pause may still come, even after a refusal.
  const attached = await until(
    async () => (await pair.master.snapshot()).replicas[0],
    (seen) => seen === undefined || seen.lagSeconds > 1,
    { what: 'the replica to be seen late', withinMs: 10_000 },
  );
  expect(attached, 'attached all the time').toMatchObject({ state: 'online' });
  await pair.replica.resume();

  await answers(pair.master, WRITE, 'OK');
  await expect(pair.replica).toHaveStayedInSync();
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a replica heeds min-replicas-to-write only once it is promoted [W1]', async ({
  deployment,
}) => {
  const replicaConfig = { 'min-replicas-to-write': 1 };
  await using pair = await deployment.start(masterWithReplicas(1, { replicaConfig }));
  await pair.master.call('SET', 'key', 'value');
  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('GET', 'key')).toBe('value');
  await expect(pair.replica.call('SET', 'key', 'mine')).rejects.toThrow(
    "READONLY You can't write against a read only replica.",
  );

  await pair.replica.promote();

  await expect(pair.replica.call('SET', 'key', 'mine')).rejects.toThrow(REFUSED);
});

test('WAIT tells how many replicas have a write, not counting one that is cut off [W2]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2));
  using client = three.master.dedicated();
  await client.call('SET', 'key', '1');
  expect(await client.call('WAIT', 2, ACKNOWLEDGED_WITHIN_MS)).toBe(2);
  expect(await client.call('WAIT', 3, 50), 'one more than there are').toBe(2);

  const outage = await three.replica.link.apply(cut());
  await client.call('SET', 'key', '2');
  expect(await client.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(await client.call('WAIT', 2, 50)).toBe(1);
  await outage.heal();

  await expect(three.replica).toResync('partial');
  expect(await client.call('WAIT', 2, ACKNOWLEDGED_WITHIN_MS)).toBe(2);
  for (const replica of three.replicas) {
    await expect(replica).toConvergeWith(three.master);
    expect(await replica.call('GET', 'key')).toBe('2');
  }
});

test('two clients wait for a paused replica: when it goes on both are told [W2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  using one = pair.master.dedicated();
  using other = pair.master.dedicated();
  await one.call('SET', 'one', '1');
  expect(await one.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS), 'the stream flows').toBe(1);

  await pair.replica.pause();
  await Promise.all([one.call('SET', 'one', '2'), other.call('SET', 'other', '2')]);
  expect(await one.call('WAIT', 1, 50)).toBe(0);
  const told = [one, other].map((client) => client.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS));
  await blocked(pair.master, 2);
  await pair.replica.resume();

  expect(await Promise.all(told)).toEqual([1, 1]);
  expect(await pair.replica.call('MGET', 'one', 'other')).toEqual(['2', '2']);
});

test('WAIT with no timeout, or one of ages, ends when the replica has the write, not before [W2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  using connections = new DisposableStack();
  await pair.replica.pause();
  // The second is beyond 32 bits of milliseconds.
  const clients = [0, 2 ** 32 + 1, 10 ** 15].map((timeoutMs) => ({
    timeoutMs,
    client: connections.use(pair.master.dedicated({ commandTimeoutMs: 30_000 })),
  }));
  for (const { client } of clients) await client.call('INCR', 'counter');

  const told = clients.map(({ client, timeoutMs }) => client.call('WAIT', 1, timeoutMs));
  await blocked(pair.master, clients.length);
  using short = pair.master.dedicated();
  await short.call('INCR', 'counter');
  expect(await short.call('WAIT', 1, 500)).toBe(0);
  await blocked(pair.master, clients.length);
  await pair.replica.resume();

  expect(await Promise.all(told)).toEqual([1, 1, 1]);
  expect(await short.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(await pair.replica.call('GET', 'counter')).toBe('4');
});

test('a paused replica counts for what it had acknowledged, not for what came later, whoever asks [W2]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2, { config: noPings }));
  const { master, replica } = three;
  using early = master.dedicated();
  using late = master.dedicated();
  using later = master.dedicated();
  await early.call('SET', 'early', '1');
  expect(await early.call('WAIT', 2, ACKNOWLEDGED_WITHIN_MS)).toBe(2);

  await replica.pause();
  await late.call('SET', 'late', '1');
  expect(await late.call('WAIT', 2, 50)).toBeLessThan(2);
  await later.call('SET', 'later', '1');
  await later.call('SET', 'later', '2');
  expect(await late.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(await later.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  const told = [late, later].map((client) => client.call('WAIT', 2, ACKNOWLEDGED_WITHIN_MS));
  await blocked(master, 2);
  expect(await early.call('WAIT', 2, 0), 'at once').toBe(2);
  await replica.resume();

  expect(await Promise.all(told)).toEqual([2, 2]);
  expect(await replica.call('MGET', 'early', 'late', 'later')).toEqual(['1', '1', '2']);
});

test('WAIT in a transaction waits for nobody [W2]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  using client = pair.master.dedicated();
  await pair.replica.pause();
  await client.call('SET', 'key', '1');

  await client.call('MULTI');
  await client.call('WAIT', 1, 0);
  await client.call('SET', 'key', '2');
  expect(await client.call('EXEC')).toEqual([0, 'OK']);
  await pair.replica.resume();

  expect(await client.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(await pair.replica.call('GET', 'key')).toBe('2');
});

test('WAIT in a script waits for nobody, where it is allowed at all [W2]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(masterWithReplicas(1));
  using client = pair.master.dedicated();
  await pair.replica.pause();
  await client.call('SET', 'key', '1');

  const told = client.call('EVAL', "return redis.call('WAIT', 1, 0)", 0);
  if (can(deployment.target, 'wait-in-scripts')) {
    // Redis counts every replica there is, whatever it has.
    expect(await told).toBe(can(deployment.target, 'script-waits-count') ? 0 : 1);
  } else {
    await expect(told).rejects.toThrow('This Redis command is not allowed from script');
  }
  await pair.replica.resume();
  expect(await client.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
});

const PAUSE_MS = 1_000;

test('CLIENT PAUSE holds WAIT as it holds all else, and the answer comes behind it [W2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  using client = pair.master.dedicated();
  await client.call('SET', 'key', '1');
  expect(await client.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);

  const began = now();
  await client.call('CLIENT', 'PAUSE', PAUSE_MS);
  expect(await client.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(now() - began).toBeGreaterThanOrEqual(PAUSE_MS - CLOCK_STEP_MS);
});

test('while writes are paused WAIT is answered for those of before, and for the others when they are made [W2]', async ({
  deployment,
}) => {
  deployment.needsServer('client-unpause');
  await using pair = await deployment.start(masterWithReplicas(1));
  const { master, replica } = pair;
  using before = master.dedicated();
  using held = master.dedicated();
  await before.call('SET', 'key', '1');

  await master.call('CLIENT', 'PAUSE', 60_000, 'WRITE');
  const written = held.call('SET', 'key', '2');
  expect(await before.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(await before.call('GET', 'key')).toBe('1');
  await master.call('CLIENT', 'UNPAUSE');

  expect(await written).toBe('OK');
  expect(await held.call('WAIT', 1, ACKNOWLEDGED_WITHIN_MS)).toBe(1);
  expect(await replica.call('GET', 'key')).toBe('2');
});

test('WAIT is refused on a replica [W2]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));

  await expect(pair.replica.call('WAIT', 0, 50)).rejects.toThrow(
    'ERR WAIT cannot be used with replica instances.',
  );
});

test('WAITAOF tells that the master’s own file has a write, and is refused where there is none [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using pair = await deployment.start(
    masterWithReplicas(1, { masterConfig: { appendonly: 'yes' } }),
  );
  using client = pair.master.dedicated();

  await client.call('SET', 'key', '1');
  expect(await client.call('WAITAOF', 1, 0, ACKNOWLEDGED_WITHIN_MS)).toEqual([1, 0]);

  await client.call('CONFIG', 'SET', 'appendonly', 'no');
  await expect(client.call('WAITAOF', 1, 0, 50)).rejects.toThrow(
    'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
  );
});
