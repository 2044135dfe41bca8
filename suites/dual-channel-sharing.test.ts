/** Several replicas and full resyncs over two connections: who shares an RDB, and what one loses when another goes. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  apart,
  bothUnderWay,
  expect,
  fastRdb,
  type Node,
  noPings,
  premise,
  rdbEnded,
  slowRdb,
  test,
  transfers,
  twoChannelsDirective,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** Nobody is sent an RDB until two replicas have come. */
const inPairs = { 'repl-diskless-sync-delay': 1_000, 'repl-diskless-sync-max-replicas': 2 };

/** The first RDB, and no other one yet. */
const rdbIsUnderWay = (master: Node) =>
  premise('the RDB was sent too soon', async () =>
    expect(await transfers(master)).toMatchObject({ rdbUnderWay: true, forks: 1 }),
  );

test('replicas that come together share an RDB, but not with one that takes a single connection [D6]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  const names = ['one', 'two', 'single'];
  const config = { ...noPings, ...inPairs, [directive]: 'yes' };
  await using all = await deployment.start(apart(names, config));
  const [one, two, single] = names.map((name) => all.node(name)) as [Node, Node, Node];
  await single.call('CONFIG', 'SET', directive, 'no');
  await writeBytes(all.master, { seed: 1, bytes: 100_000 });

  await Promise.all([one, two].map((replica) => replica.replicaOf(all.master)));
  for (const replica of [one, two]) await expect(replica).toResync('full');
  expect((await rdbEnded(all.master)).forks).toBe(1);

  await one.promote();
  await Promise.all([one, single].map((replica) => replica.replicaOf(all.master)));
  await until(
    () => all.master.snapshot(),
    ({ replicas }) => replicas.filter(({ state }) => state === 'wait_bgsave').length === 2,
    { what: 'both to wait for an RDB', withinMs: 10_000 },
  );
  await all.master.call('CONFIG', 'SET', 'repl-diskless-sync-delay', 0);
  for (const replica of [one, single]) await expect(replica).toResync('full');
  expect((await rdbEnded(all.master)).forks).toBe(3);
  expect(all.resyncsOf(one).at(-1)).toMatchObject({ connections: 2 });
  expect(all.resyncsOf(single)).toMatchObject([{ connections: 1 }]);
  for (const replica of [one, two, single]) await expect(replica).toConvergeWith(all.master);
});

test('nobody joins a transfer that runs: a newcomer waits for the next RDB [D16]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using all = await deployment.start(
    apart(['first', 'newcomer'], { ...noPings, [directive]: 'yes' }),
  );
  const [first, newcomer] = [all.node('first'), all.node('newcomer')];
  await slowRdb(all.master, { rdbMs: 4_000 });
  await first.replicaOf(all.master);
  await bothUnderWay(all.master);
  await fastRdb(all.master);

  await newcomer.replicaOf(all.master);
  await all.master.logged(/Current BGSAVE has socket target\. Waiting for next BGSAVE/);
  await rdbIsUnderWay(all.master);
  await writeBytes(all.master, { seed: 1, bytes: 100_000 });

  for (const replica of [first, newcomer]) {
    await expect(replica).toResync('full');
    await expect(replica).toConvergeWith(all.master);
  }
  expect((await rdbEnded(all.master)).forks).toBe(2);
});

test.for([8_000, 50_000])(
  'one of two replicas dies: the other is sent the rest, here values of %i bytes [D13]',
  async (valueBytes, { deployment }) => {
    deployment.needsServer('two-channels');
    const directive = twoChannelsDirective(deployment.target);
    // Else the master gives up on both, and makes an RDB anew.
    const isSpared = valueBytes < 32_768 || can(deployment.target, 'spares-other-replicas');
    const config = { ...noPings, ...inPairs, [directive]: 'yes' };
    await using all = await deployment.start(apart(['dies', 'stays'], config));
    const [dies, stays] = [all.node('dies'), all.node('stays')];
    await slowRdb(all.master, { rdbMs: 4_000, valueBytes });
    await Promise.all([dies, stays].map((replica) => replica.replicaOf(all.master)));
    await bothUnderWay(all.master, 2);
    await fastRdb(all.master);

    await dies.kill();
    await rdbIsUnderWay(all.master);
    await writeBytes(all.master, { seed: 1, bytes: 100_000 });
    if (!isSpared) {
      await rdbEnded(all.master);
      await all.master.call('CONFIG', 'SET', 'repl-diskless-sync-delay', 0);
    }

    await expect(stays).toResync('full', { times: isSpared ? 1 : 2 });
    await expect(stays).toConvergeWith(all.master);
    expect((await rdbEnded(all.master)).forks).toBe(isSpared ? 1 : 2);
  },
);

test('both of two replicas die: the master gives up the RDB, and keeps nothing for them [D13]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  const config = { ...noPings, ...inPairs, [directive]: 'yes', 'repl-backlog-size': 16_384 };
  await using all = await deployment.start(apart(['one', 'two'], config));
  const both = [all.node('one'), all.node('two')];
  await slowRdb(all.master, { rdbMs: 16_000 });
  await Promise.all(both.map((replica) => replica.replicaOf(all.master)));
  await bothUnderWay(all.master, 2);

  for (const replica of both) await replica.kill();
  await writeBytes(all.master, { seed: 1, bytes: 1_000_000 });

  await all.master.logged(/Background (?:RDB )?transfer error/);
  const left = await rdbEnded(all.master);
  expect(left).toMatchObject({ forks: 1, waitingForStream: 0 });
  expect(left.keptForReplicas).toBeLessThan(200_000);
  expect((await all.master.snapshot()).replicas).toEqual([]);
});
