/** A replica loses one of the two connections, or both, in the middle of a full resync. */
import {
  apart,
  bothUnderWay,
  cut,
  type Deployment,
  expect,
  fastRdb,
  type Node,
  noPings,
  rdbEnded,
  slowRdb,
  test,
  twoChannelsDirective,
  writeBytes,
} from '../helpers/suite.ts';

/** A replica in the middle of a full resync; the RDB under way takes 4 s, those that begin from now on no time. */
async function halfWay(two: Deployment) {
  const replica = two.node('replica');
  await slowRdb(two.master, { rdbMs: 4_000 });
  await replica.replicaOf(two.master);
  const connections = await bothUnderWay(two.master);
  await fastRdb(two.master);
  await writeBytes(two.master, { seed: 1, bytes: 100_000 });
  return { replica, connections };
}

const FAILED = /Background (?:RDB )?transfer error/;
const bothLost = async (master: Node): Promise<void> => {
  expect((await rdbEnded(master)).waitingForStream).toBe(0);
  await master.logged(FAILED);
  expect((await master.snapshot()).replicas).toEqual([]);
};

test.for(['main', 'rdb'] as const)(
  'the %s connection is lost: the replica gives up the other, too, and begins anew by itself [D14]',
  async (which, { deployment }) => {
    deployment.needsServer('two-channels');
    const directive = twoChannelsDirective(deployment.target);
    await using two = await deployment.start(
      apart(['replica'], { ...noPings, [directive]: 'yes' }),
    );
    const { replica, connections } = await halfWay(two);

    await two.look();
    expect(await two.master.call('CLIENT', 'KILL', 'ID', connections[which])).toBe(1);
    await two.master.logged(FAILED);

    await expect(replica).toResync('full', { times: 2 });
    await expect(replica).toConvergeWith(two.master);
    const ids = (await two.master.clientList()).map(({ id }) => id);
    expect(ids).not.toContain(connections.main);
    expect(ids).not.toContain(connections.rdb);
  },
);

test.for(['main', 'rdb'] as const)(
  'the %s connection is lost, and REPLICAOF NO ONE comes right behind: the master gives up, the replica keeps its own data [D14]',
  async (which, { deployment }) => {
    deployment.needsServer('two-channels');
    const directive = twoChannelsDirective(deployment.target);
    await using two = await deployment.start(
      apart(['replica'], { ...noPings, [directive]: 'yes' }),
    );
    await two.node('replica').call('SET', 'own', '1');
    const { replica, connections } = await halfWay(two);

    await two.look();
    expect(await two.master.call('CLIENT', 'KILL', 'ID', connections[which])).toBe(1);
    await replica.promote();

    await bothLost(two.master);
    expect(await replica.role()).toMatchObject({ role: 'master' });
    expect(await replica.call('GET', 'own')).toBe('1');
    expect(await replica.call('DBSIZE')).toBe(1);
    two.judged(replica);
    await replica.replicaOf(two.master);
    await expect(replica).toResync('full');
    await expect(replica).toConvergeWith(two.master);
  },
);

test('the link breaks under both: the replica begins anew once it is back [D14]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using two = await deployment.start(apart(['replica'], { ...noPings, [directive]: 'yes' }));
  const { replica } = await halfWay(two);

  const outage = await (await two.link(replica, two.master)).apply(cut(), { unproven: true });
  await bothLost(two.master);
  await writeBytes(two.master, { seed: 2, bytes: 100_000 });
  await outage.heal();

  await expect(replica).toResync('full', { times: 2 });
  await expect(replica).toConvergeWith(two.master);
});
