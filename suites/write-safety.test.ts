/** What a master promises of a write: min-replicas-to-write, WAIT, WAITAOF. */
import {
  answers,
  blocked,
  cut,
  expect,
  masterWithReplicas,
  noPings,
  refuses,
  test,
} from '../helpers/suite.ts';

const WRITE = ['SET', 'key', 'value'] as const;
const REFUSED = 'NOREPLICAS Not enough good replicas to write.';
/** Below the time after which the harness gives up on a command. */
const ACKNOWLEDGED_WITHIN_MS = 8_000;

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
  const [attached] = (await pair.master.snapshot()).replicas;
  expect(attached, 'attached all the time').toMatchObject({ state: 'online' });
  expect(attached?.lagSeconds).toBeGreaterThan(1);
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

  expect(await client.call('WAIT', 2, ACKNOWLEDGED_WITHIN_MS)).toBe(2);
  await expect(three.replica).toResync('partial');
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
