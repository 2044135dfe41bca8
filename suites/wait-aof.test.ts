/**
 * What WAITAOF promises of replicas: how many have a write in their append-only files, fsynced, beside the master's own.
 */
import {
  answers,
  blocked,
  cut,
  expect,
  filesWritten,
  masterWithReplicas,
  type Node,
  noPings,
  premise,
  test,
  topology,
} from '../helpers/suite.ts';

/** Below the time after which the harness gives up on a command. */
const WITHIN_MS = 8_000;
const KEYS = Array.from({ length: 50 }, (_, index) => `key:${index}`);
/** To write a file of these anew takes that long, with the pause that a server makes before each (rdb-key-save-delay). */
const keyDelayUs = (ms: number): number => (ms * 1_000) / KEYS.length;
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

test('WAIT and WAITAOF side by side: that a replica has a write does not tell that its file has it [W2] [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using pair = await deployment.start(masterWithReplicas(1, { replicaConfig: aof('no') }));
  const { master, replica } = pair;
  using one = master.dedicated();
  using other = master.dedicated();
  await one.call('SET', 'one', '1');
  expect(await one.call('WAIT', 1, WITHIN_MS), 'the stream flows').toBe(1);

  await replica.pause();
  await one.call('SET', 'one', '2');
  await other.call('SET', 'other', '2');
  const had = one.call('WAIT', 1, WITHIN_MS);
  const fsynced = other.call('WAITAOF', 0, 1, WITHIN_MS);
  await blocked(master, 2);
  await replica.resume();

  expect(await had).toBe(1);
  // Longer than a replica takes to say of itself what it has.
  expect(await one.call('WAITAOF', 0, 1, 1_500)).toEqual([0, 0]);
  await blocked(master, 1);
  await replica.call('CONFIG', 'SET', 'appendfsync', 'everysec');
  expect(await fsynced).toEqual([0, 1]);
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

test('while append-only files are written anew the present ones go on: WAITAOF counts them, and the new ones after [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using pair = await deployment.start(masterWithReplicas(1, { config: aof('everysec') }));
  const { master, replica } = pair;
  await expect(replica).toConvergeWith(master);
  await filesWritten(replica);
  using client = master.dedicated();
  for (const node of pair.nodes) {
    await node.call('CONFIG', 'SET', 'rdb-key-save-delay', keyDelayUs(14_000));
  }
  await client.call('MSET', ...KEYS.flatMap((key) => [key, '1']));
  expect(await client.call('WAITAOF', 1, 1, WITHIN_MS)).toEqual([1, 1]);

  for (const node of pair.nodes) {
    await node.call('BGREWRITEAOF');
    await node.call('CONFIG', 'SET', 'rdb-key-save-delay', 0);
  }
  await client.call('SET', 'meanwhile', '1');
  expect(await client.call('WAITAOF', 1, 1, WITHIN_MS)).toEqual([1, 1]);
  for (const node of pair.nodes) {
    const isUnderWay = await rewrites(node);
    await premise('rewritten too soon', () => expect(isUnderWay).toBe(true));
  }

  for (const node of pair.nodes) await filesWritten(node);
  await client.call('SET', 'after', '1');
  expect(await client.call('WAITAOF', 1, 1, WITHIN_MS)).toEqual([1, 1]);
  for (const node of [replica, master]) {
    await node.kill();
    await node.restart({ data: 'kept' });
    await answers(node, ['DBSIZE'], KEYS.length + 2);
  }
});

test('an append-only file switched on counts when its first one is whole, not while that is written [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using alone = await deployment.start(masterWithReplicas(0));
  const { master } = alone;
  using client = master.dedicated();
  await client.call('MSET', ...KEYS.flatMap((key) => [key, '1']));
  await client.call('CONFIG', 'SET', 'rdb-key-save-delay', keyDelayUs(5_000));

  await client.call('CONFIG', 'SET', 'appendonly', 'yes');
  await client.call('SET', 'meanwhile', '1');
  expect(await client.call('WAITAOF', 1, 0, 50)).toEqual([0, 0]);
  const isUnderWay = await rewrites(master);
  await premise('rewritten too soon', () => expect(isUnderWay).toBe(true));

  expect(await client.call('WAITAOF', 1, 0, WITHIN_MS)).toEqual([1, 0]);
  expect(await rewrites(master), 'told too soon').toBe(false);
});

test('appendfsync changed while a client waits: from no to everysec it is told, from everysec to no nobody is any more [W3]', async ({
  deployment,
}) => {
  deployment.needsServer('waitaof');
  await using alone = await deployment.start(masterWithReplicas(0, { config: aof('no') }));
  const { master } = alone;
  using client = master.dedicated();

  await client.call('SET', 'key', '1');
  expect(await client.call('WAITAOF', 1, 0, 1_500), 'no').toEqual([0, 0]);
  const told = client.call('WAITAOF', 1, 0, WITHIN_MS);
  await blocked(master, 1);
  await master.call('CONFIG', 'SET', 'appendfsync', 'everysec');
  expect(await told).toEqual([1, 0]);

  await master.call('CONFIG', 'SET', 'appendfsync', 'always');
  await client.call('SET', 'key', '2');
  expect(await client.call('WAITAOF', 1, 0, 0), 'at once').toEqual([1, 0]);

  await master.call('CONFIG', 'SET', 'appendfsync', 'no');
  await client.call('SET', 'key', '3');
  expect(await client.call('WAITAOF', 1, 0, 1_500), 'no again').toEqual([0, 0]);
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

/** Whether a node writes its append-only file anew. */
async function rewrites(node: Node): Promise<boolean> {
  return /aof_rewrite_in_progress:1/.test(String(await node.call('INFO', 'persistence')));
}
