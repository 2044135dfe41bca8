/**
 * What a failover costs in resyncs, counted exactly: replicas that stay go on with the history of the new master, those
 * below it, too, and one that was loading when the master died as well. One that was still receiving starts anew.
 */
import { can } from '../../helpers/deployment/capabilities.ts';
import {
  allAgree,
  anyTells,
  calm,
  chain,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  fill,
  holdElections,
  letElect,
  longLoad,
  masterWithReplicas,
  type Node,
  noPings,
  now,
  sentinels,
  slowRdb,
  syncCounts,
  test,
  writeBytes,
} from '../../helpers/suite.ts';

test('two failovers in a row: every replica that is left continues each time, and none starts anew [S4]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(3, { config: noPings }), calm),
  );
  const { master, replicas } = all;
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of replicas) await expect(replica).toConvergeWith(master);
  const grown = await syncCounts(all);

  await crash(master);
  const first = await failedOver(all, master);
  const others = replicas.filter((one) => one !== first);
  for (const one of others) await expect(one).toResync('partial', AFTER_FAILOVER);
  await writeBytes(first, { seed: 2, bytes: 50_000 });
  for (const one of others) await expect(one).toConvergeWith(first);
  expect(await syncCounts({ nodes: replicas }, grown)).toEqual({ [first.name]: { partial: 2 } });

  await crash(first);
  const second = await failedOver(all, first);
  const [last] = others.filter((one) => one !== second) as [Node];
  await expect(last).toResync('partial', AFTER_FAILOVER);
  await expect(last).toConvergeWith(second);
  expect(await syncCounts({ nodes: others }, grown)).toEqual({ [second.name]: { partial: 1 } });
});

/** The new master leads those that stay to itself one after the other. */
const AFTER_FAILOVER = { withinMs: 30_000 };

test('the leaf of a chain is unknown to Sentinels: it continues with its upstream, which is promoted, and is found', async ({
  deployment,
}) => {
  await using line = await deployment.start(sentinels(3, chain(2, { config: noPings }), calm));
  const { master } = line;
  const [middle, leaf] = line.replicas as [Node, Node];
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(master);
  const known = async () =>
    (await Promise.all(line.sentinels.map((one) => one.replicas())))
      .flat()
      .map((one) => line.whoIs(one));
  expect(new Set(await known())).toEqual(new Set(['replica-1']));

  const grown = await syncCounts(line);
  await crash(master);
  expect(await failedOver(line, master)).toBe(middle);
  await writeBytes(middle, { seed: 2, bytes: 20_000 });
  await expect(leaf).toConvergeWith(middle);
  // Who is promoted ends the links of its replicas, to tell them its new replication ID.
  await expect(leaf).toResync('partial');
  expect(await syncCounts({ nodes: line.replicas }, grown)).toEqual({
    'replica-1': { partial: 1 },
  });
  const about = new RegExp(` ${leaf.port} @ `);
  const found = { about, withinMs: 30_000 };
  await Promise.all(line.sentinels.map((one) => one.event('+slave', found)));
});

test('a leaf that Sentinels know, as it was a replica of the master once, is led back to the master', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), calm),
  );
  const { master } = all;
  const [middle, leaf] = all.replicas as [Node, Node];
  const grown = await syncCounts(all);
  const movedAtMs = now();
  await leaf.replicaOf(middle);
  await expect(leaf).toResync('partial');

  const order = { about: /^slave /, sinceMs: movedAtMs, withinMs: DEMOTED_WITHIN_MS };
  await anyTells(all, '+fix-slave-config', order);
  await allAgree(all, { master: 'master', withinMs: DEMOTED_WITHIN_MS });
  await expect(leaf).toResync('partial');
  for (const one of [middle, leaf]) await expect(one).toConvergeWith(master);
  expect(await syncCounts(all, grown)).toEqual({
    master: { partial: 1 },
    [middle.name]: { partial: 1 },
  });
});

/** Longer than a failover takes: the transfer ends with its master. */
const RDB_MS = 60_000;

test('a replica that receives its RDB while the master dies is not promoted, and begins anew with who is, once', async ({
  deployment,
}) => {
  const config = { ...noPings, 'repl-diskless-sync': 'yes' };
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2, { config }), calm));
  const { master } = all;
  const [heir, joining] = all.replicas as [Node, Node];
  await joining.kill();
  await slowRdb(master, { rdbMs: RDB_MS });
  await expect(heir).toConvergeWith(master);
  const grown = await syncCounts({ nodes: [heir] });
  await joining.restart({ data: 'lost' });
  await joining.logged(/sync: receiving streamed RDB from (master|primary)/);

  await holdElections(all);
  await crash(master);
  await letElect(all, { among: [heir] });
  expect(await failedOver(all, master)).toBe(heir);
  await heir.call('SET', 'after', '1');
  await expect(joining).toConvergeWith(heir, { withinMs: 60_000 });
  await all.logsComplete();
  expect(all.unjudgedResyncsOf(joining)).toMatchObject([
    { kind: 'full', upstream: master.name },
    { kind: 'full', upstream: heir.name },
  ]);
  expect(await syncCounts({ nodes: [heir] }, grown)).toEqual({ [heir.name]: { full: 1 } });
});

/** For each of 16 keys: 40 s in all, unless it is told to take no more time, which it hears between two keys from 7.0 on. */
const KEY_LOAD_DELAY_MICROS = 2_500_000;

test('a replica that loads its RDB while the master dies is not promoted, and continues with who is', async ({
  deployment,
}) => {
  const { config, data } = longLoad(deployment.target);
  const slowToLoad = Object.entries({ ...config, 'key-load-delay': KEY_LOAD_DELAY_MICROS });
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), calm),
  );
  const { master } = all;
  const [heir, loading] = all.replicas as [Node, Node];
  await writeBytes(master, { seed: 1, ...data });
  await expect(heir).toConvergeWith(master);
  await loading.kill();
  const grown = await syncCounts({ nodes: [heir] });
  await loading.restart({
    data: 'lost',
    args: slowToLoad.flatMap(([name, value]) => [`--${name}`, String(value)]),
  });
  await loading.logged(/sync: Loading DB in memory$/);
  const { log } = loading.server;
  const hasLoaded = () =>
    log.lines.some(({ boot, text }) => boot === log.boot && LOADED.test(text));

  await holdElections(all);
  await crash(master);
  await letElect(all, { among: [heir] });
  expect(await failedOver(all, master)).toBe(heir);
  expect(hasLoaded(), 'it has loaded before the failover was over').toBe(false);
  await heir.call('SET', 'after', '1');
  // Before Redis 7.0 it takes its time.
  if (can(deployment.target, 'loading-interval')) {
    await loading.call('CONFIG', 'SET', 'key-load-delay', 0);
  }
  await expect(loading).toConvergeWith(heir, { withinMs: 60_000 });
  expect(await syncCounts({ nodes: [heir] }, grown)).toEqual({ [heir.name]: { partial: 1 } });
});

const LOADED = /sync: Finished with success$/;

/** Looks at what all nodes are first, as the model of resyncs needs to know. */
async function crash(master: Node): Promise<void> {
  await master.deployment.look();
  await master.kill();
}
