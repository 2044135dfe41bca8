/** Full resyncs over two connections, switched on and off: both sides must want them, and no RDB may go to disk first. */
import {
  apart,
  expect,
  fastRdb,
  noPings,
  premise,
  slowRdb,
  test,
  transfers,
  twoChannelsDirective,
  writeBytes,
} from '../helpers/suite.ts';

test.for(['master', 'replica'])(
  'switched off on the %s alone, a full resync takes a single connection; switched on again, two [D4]',
  async (side, { deployment }) => {
    deployment.needsServer('two-channels');
    const directive = twoChannelsDirective(deployment.target);
    await using two = await deployment.start(
      apart(['replica'], { ...noPings, [directive]: 'yes' }),
    );
    const replica = two.node('replica');
    await writeBytes(two.master, { seed: 1, bytes: 100_000 });

    for (const value of ['no', 'yes']) {
      await two.node(side).call('CONFIG', 'SET', directive, value);
      await replica.replicaOf(two.master);
      await expect(replica).toResync('full');
      await expect(replica).toConvergeWith(two.master);
      await replica.promote();
    }
    expect(two.resyncsOf(replica)).toMatchObject([{ connections: 1 }, { connections: 2 }]);
  },
);

test.for([
  { side: 'master', from: 'yes', to: 'no' },
  { side: 'master', from: 'no', to: 'yes' },
  { side: 'replica', from: 'yes', to: 'no' },
  { side: 'replica', from: 'no', to: 'yes' },
])(
  'switched from $from to $to on the $side in the middle: this full resync ends as it began, the next does not [D4]',
  async ({ side, from, to }, { deployment }) => {
    deployment.needsServer('two-channels');
    const directive = twoChannelsDirective(deployment.target);
    await using two = await deployment.start(
      apart(['replica'], { ...noPings, [directive]: 'yes' }),
    );
    const replica = two.node('replica');
    const switched = two.node(side);
    await switched.call('CONFIG', 'SET', directive, from);
    await slowRdb(two.master, { rdbMs: 2_000 });

    await replica.replicaOf(two.master);
    await two.master.logged(/Background RDB transfer started/);
    await switched.call('CONFIG', 'SET', directive, to);
    const { rdbUnderWay } = await transfers(two.master);
    await premise('switched too late', () => expect(rdbUnderWay).toBe(true));
    await expect(replica).toResync('full');
    await expect(replica).toConvergeWith(two.master);

    await fastRdb(two.master);
    await replica.promote();
    await replica.replicaOf(two.master);
    await expect(replica).toResync('full');
    await expect(replica).toConvergeWith(two.master);
    const connections = [from, to].map((value) => ({ connections: value === 'yes' ? 2 : 1 }));
    expect(two.resyncsOf(replica)).toMatchObject(connections);
  },
);

test('a master that writes its RDB to disk first sends it on the one connection [D5]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  const config = { ...noPings, [directive]: 'yes', 'repl-diskless-sync': 'no' };
  await using two = await deployment.start(apart(['replica'], config));
  const replica = two.node('replica');
  await writeBytes(two.master, { seed: 1, bytes: 100_000 });

  await replica.replicaOf(two.master);

  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(two.master);
  expect(two.resyncsOf(replica)).toMatchObject([{ connections: 1 }]);
});
