/** A full resync over two connections: the RDB comes on one, the stream beside it on the other. */
import {
  apart,
  bothUnderWay,
  cut,
  expect,
  type Node,
  noPings,
  premise,
  slowRdb,
  test,
  transfers,
  twoChannelsDirective,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const connections = async (master: Node): Promise<number> =>
  (await master.clientList()).filter(({ flags }) => flags.has('S')).length;

test('a replica waits for the RDB, takes it on a connection of its own, and keeps the other [D1]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  const config = { ...noPings, [directive]: 'yes', 'repl-diskless-sync-delay': 1_000 };
  await using two = await deployment.start(apart(['replica'], config));
  const replica = two.node('replica');
  await slowRdb(two.master, { rdbMs: 2_000 });

  await replica.replicaOf(two.master);
  await two.master.logged(/Delay next BGSAVE for diskless SYNC/);
  const states = (await two.master.snapshot()).replicas.map(({ state }) => state);
  expect(states).toEqual(['wait_bgsave']);
  expect(await replica.role()).toMatchObject({
    state: expect.stringMatching(/^(handshake|sync)$/),
  });
  await two.master.call('CONFIG', 'SET', 'repl-diskless-sync-delay', 0);
  await bothUnderWay(two.master);
  await writeBytes(two.master, { seed: 1, bytes: 100_000 });

  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(two.master);
  expect(two.resyncsOf(replica)).toMatchObject([{ connections: 2 }]);
  await until(
    () => connections(two.master),
    (count) => count === 1,
    { what: 'the connection of the RDB to end', withinMs: 10_000 },
  );
  expect((await two.master.snapshot()).replicas).toMatchObject([{ state: 'online' }]);
});

const WRITTEN_BYTES = 2_000_000;
const LITTLE_BYTES = 200_000;

test.for([
  { onTwo: 'yes', where: 'the replica: the master’s memory stays flat' },
  { onTwo: 'no', where: 'the master, over a single connection' },
])(
  'what is written while an RDB is under way is kept at $where [D2]',
  async ({ onTwo }, { deployment }) => {
    deployment.needsServer('two-channels');
    const directive = twoChannelsDirective(deployment.target);
    const config = { ...noPings, [directive]: onTwo, 'repl-backlog-size': 16_384 };
    await using two = await deployment.start(apart(['replica'], config));
    const replica = two.node('replica');
    await slowRdb(two.master, { rdbMs: 2_000 });
    await replica.replicaOf(two.master);
    await two.master.logged(/Background RDB transfer started/);
    if (onTwo === 'yes') await bothUnderWay(two.master);

    await writeBytes(two.master, { seed: 1, bytes: WRITTEN_BYTES });
    const atReplica = await until(
      () => transfers(replica),
      ({ keptUntilLoadedPeak }) => onTwo === 'no' || keptUntilLoadedPeak > WRITTEN_BYTES,
      { what: 'what was written to be at the replica', withinMs: 10_000 },
    );
    const atMaster = await transfers(two.master);

    await premise('the RDB was sent too soon', () => expect(atMaster.rdbUnderWay).toBe(true));
    if (onTwo === 'yes') {
      expect(atMaster.keptForReplicas).toBeLessThan(LITTLE_BYTES);
    } else {
      expect(atMaster.keptForReplicas).toBeGreaterThan(WRITTEN_BYTES);
      expect(atReplica.keptUntilLoadedPeak).toBe(0);
    }
    await expect(replica).toResync('full');
    expect(two.resyncsOf(replica)).toMatchObject([{ connections: onTwo === 'yes' ? 2 : 1 }]);
    await expect(replica).toConvergeWith(two.master);
  },
);

test('the resyncs that follow are ordinary: a partial one, then a full one over a single connection [D3]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using two = await deployment.start(apart(['replica'], { ...noPings, [directive]: 'yes' }));
  const replica = two.node('replica');
  await writeBytes(two.master, { seed: 1, bytes: 100_000 });
  await replica.replicaOf(two.master);
  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(two.master);

  const outage = await (await two.link(replica, two.master)).apply(cut());
  const { offset } = await two.master.snapshot();
  await writeBytes(two.master, { seed: 2, bytes: 100_000 });
  const backlogBytes = (await two.master.snapshot()).offset - offset;
  await outage.heal();
  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(two.master);

  await replica.promote();
  await replica.call('CONFIG', 'SET', directive, 'no');
  await replica.replicaOf(two.master);
  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(two.master);
  expect(two.resyncsOf(replica)).toMatchObject([
    { kind: 'full', connections: 2 },
    { kind: 'partial', connections: 1, backlogBytes },
    { kind: 'full', connections: 1 },
  ]);
});
