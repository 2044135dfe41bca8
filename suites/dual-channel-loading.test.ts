/** The link breaks when a replica has its RDB from one connection, loads it, and takes the stream from the other. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  apart,
  cut,
  expect,
  type Node,
  noPings,
  slowRdb,
  test,
  transfers,
  twoChannelsDirective,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** The replica takes 1.6 s for the 16 keys, and looks at its connections in between. */
const slowToLoad = { 'key-load-delay': 100_000, 'loading-process-events-interval-bytes': 1_024 };

/** Makes it a replica, and waits until it loads and takes the stream. */
async function loadsBesideStream(replica: Node, master: Node): Promise<void> {
  await slowRdb(master, { rdbMs: 0 });
  await replica.replicaOf(master);
  await until(
    () => replica.snapshot(),
    ({ loading, asyncLoading }) => loading || asyncLoading,
    { what: `${replica.name} to load`, withinMs: 15_000 },
  );
  await writeBytes(master, { seed: 1, bytes: 50_000 });
  await until(
    () => transfers(replica),
    ({ keptUntilLoadedPeak }) => keptUntilLoadedPeak > 0,
    { what: 'the stream to come beside', withinMs: 15_000 },
  );
}

test('from a file: the replica loads it to the end, and lacks only what came after the break [D14]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  const config = { ...noPings, ...slowToLoad, [directive]: 'yes' };
  await using two = await deployment.start(apart(['replica'], config));
  const replica = two.node('replica');
  await loadsBesideStream(replica, two.master);
  await two.logsComplete();
  expect(two.resyncsOf(replica)).toMatchObject([{ kind: 'full', connections: 2 }]);
  two.judged(replica);

  const outage = await (await two.link(replica, two.master)).apply(cut(), { unproven: true });
  await writeBytes(two.master, { seed: 2, bytes: 50_000 });
  if (can(deployment.target, 'loads-on-without-stream')) {
    await replica.logged(/After loading RDB, replica will try psync/);
    await outage.heal();
    await expect(replica).toResync('partial');
  } else {
    await until(
      () => replica.server.exit,
      (exit) => exit !== undefined,
      { what: 'the replica to end', withinMs: 15_000 },
    );
    await replica.logged(/Short read or OOM loading DB\. Unrecoverable error, aborting now/);
    await outage.heal();
    await replica.restart({ data: 'lost' });
    await replica.replicaOf(two.master);
    await expect(replica).toResync('full');
  }
  await expect(replica).toConvergeWith(two.master);
});

test('from the connection: the replica has nothing to load on from, and begins anew [D14]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  const config = { ...noPings, ...slowToLoad, [directive]: 'yes', 'repl-diskless-load': 'swapdb' };
  await using two = await deployment.start(apart(['replica'], config));
  const replica = two.node('replica');
  await replica.call('SET', 'own', '1');
  await loadsBesideStream(replica, two.master);

  const outage = await (await two.link(replica, two.master)).apply(cut(), { unproven: true });
  await replica.logged(/Aborting (?:rdb|dual) channel sync/);
  await until(
    () => replica.snapshot(),
    ({ loading, asyncLoading }) => !loading && !asyncLoading,
    { what: 'the replica to give up', withinMs: 15_000 },
  );
  expect(await replica.call('GET', 'own')).toBe('1');
  await replica.call('CONFIG', 'SET', 'key-load-delay', 0);
  await outage.heal();

  await expect(replica).toResync('full', { times: 2 });
  await expect(replica).toConvergeWith(two.master);
});
