/**
 * What WAITAOF promises of replicas: how many have a write in their append-only files, fsynced, beside the master's own.
 */
import {
  answers,
  blocked,
  cut,
  expect,
  masterWithReplicas,
  noPings,
  test,
  topology,
} from '../helpers/suite.ts';

/** Below the time after which the harness gives up on a command. */
const WITHIN_MS = 8_000;
const aof = (appendfsync: 'always' | 'everysec' | 'no') => ({ appendonly: 'yes', appendfsync });

test.for(['always', 'everysec'] as const)(
  'WAITAOF counts a replica once it has fsynced the write, appendfsync %s: it has it after a kill [W3]',
  async (appendfsync, { deployment }) => {
    deployment.needsServer('waitaof');
    await using pair = await deployment.start(
      masterWithReplicas(1, { replicaConfig: aof(appendfsync) }),
    );
    const { master, replica } = pair;
    using client = master.dedicated();
    await client.call('SET', 'key', '1');

    expect(await client.call('WAITAOF', 0, 1, WITHIN_MS)).toEqual([0, 1]);

    await replica.link.apply(cut());
    await replica.kill();
    await replica.restart({ data: 'kept' });
    await answers(replica, ['GET', 'key'], '1');
  },
);

test('a replica that does not fsync, and one without a file, are not counted, though both have the write [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using three = await deployment.start(
    topology([
      { name: 'master' },
      { name: 'unsynced', replicaOf: 'master', config: aof('no') },
      { name: 'fileless', replicaOf: 'master' },
    ]),
  );
  using client = three.master.dedicated();
  await client.call('SET', 'key', '1');
  expect(await client.call('WAIT', 2, WITHIN_MS)).toBe(2);

  // Longer than a replica takes to say of itself what it has.
  expect(await client.call('WAITAOF', 0, 1, 1_500)).toEqual([0, 0]);
  await three.node('unsynced').call('CONFIG', 'SET', 'appendfsync', 'everysec');

  expect(await client.call('WAITAOF', 0, 1, WITHIN_MS)).toEqual([0, 1]);
  expect(await client.call('WAITAOF', 0, 2, 50), 'one more than there are').toEqual([0, 1]);
});

test('master and replica each have a file: WAITAOF counts both, a replica that is paused or cut off when it is back [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using pair = await deployment.start(masterWithReplicas(1, { config: aof('always') }));
  const { master, replica } = pair;
  using client = master.dedicated();
  await client.call('SET', 'key', '1');
  expect(await client.call('WAITAOF', 1, 1, WITHIN_MS)).toEqual([1, 1]);

  await replica.pause();
  await client.call('SET', 'key', '2');
  expect(await client.call('WAITAOF', 1, 1, 50), 'paused').toEqual([1, 0]);
  await replica.resume();
  expect(await client.call('WAITAOF', 1, 1, WITHIN_MS)).toEqual([1, 1]);
  await expect(replica).toHaveStayedInSync();

  const outage = await replica.link.apply(cut());
  await client.call('SET', 'key', '3');
  expect(await client.call('WAITAOF', 1, 1, 50), 'cut off').toEqual([1, 0]);
  const told = client.call('WAITAOF', 1, 1, WITHIN_MS);
  await outage.heal();
  expect(await told).toEqual([1, 1]);
  await expect(replica).toResync('partial');
});

test('a master that becomes a replica throws out who waits in WAITAOF, and refuses it from then on; its heir counts it [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { ...noPings, ...aof('everysec') } }),
  );
  const { master, replica: heir } = pair;
  await expect(heir).toConvergeWith(master);
  await heir.promote();
  using client = master.dedicated();
  const waiting = client.call('WAITAOF', 0, 1, WITHIN_MS);
  await blocked(master, 1);

  await master.replicaOf(heir);

  await expect(waiting).rejects.toThrow('UNBLOCKED force unblock from blocking operation');
  // It has asked its replicas, of which it has none, how far they are: bytes of the stream that its heir lacks.
  await expect(master).toResync('full', { reason: 'second-offset-exceeded' });
  await expect(master.call('WAITAOF', 0, 1, 50)).rejects.toThrow(
    'ERR WAITAOF cannot be used with replica instances.',
  );
  using other = heir.dedicated();
  await other.call('SET', 'key', '1');
  expect(await other.call('WAITAOF', 1, 1, WITHIN_MS)).toEqual([1, 1]);
});
