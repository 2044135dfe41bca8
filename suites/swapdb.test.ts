import {
  cut,
  type Deployment,
  expect,
  fill,
  type LongLoad,
  longLoad,
  masterWithReplicas,
  type Node,
  noPings,
  premise,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** An RDB is loaded from the socket, into a second dataset. */
const SWAPDB = { 'repl-diskless-load': 'swapdb' };

test('swapdb, data of another history: not served while the new load, back after an abort, gone after success [F3]', async ({
  deployment,
}) => {
  const { config, slow, data } = longLoad(deployment.target);
  await using three = await deployment.start(
    topology([
      { name: 'master' },
      { name: 'stranger', config: { ...config, ...SWAPDB } },
      { name: 'twin' },
    ]),
  );
  const [stranger, twin] = [three.node('stranger'), three.node('twin')];
  for (const node of [stranger, twin]) await fill(node, { seed: 1, keys: 200 });
  const { replid } = await stranger.snapshot();
  await writeBytes(three.master, { seed: 2, ...data });
  const link = await three.link(stranger, three.master);
  await using slowness = await link.apply(slow);

  await stranger.replicaOf(three.master);
  expect(await loadBegins(stranger)).toMatchObject({ loading: true, asyncLoading: false });
  await expect(stranger.call('DBSIZE')).rejects.toThrow(/^LOADING /);
  const outage = await link.apply(cut(), { unproven: true });
  await loadEnds(stranger);

  expect(await stranger.snapshot()).toMatchObject({ replid, upstream: { link: 'down' } });
  await expect(stranger).toHoldSameData(twin);
  await slowness.heal();
  await outage.heal();
  await expect(stranger).toResync('full', { times: 2 });
  await expect(stranger).toConvergeWith(three.master);
});

test('swapdb, data of the same history: served while the new load, which nothing may disturb, then replaced [F4]', async ({
  deployment,
}) => {
  deployment.needsServer('async-loading');
  const long = longLoad(deployment.target);
  await using pair = await deployment.start(replicas(1, long));
  const { replica } = pair;
  await shareOldData(pair);
  await using slowness = await fallsBehind(replica, long);

  expect(await loadBegins(replica)).toMatchObject({ loading: false, asyncLoading: true });
  expect(await replica.call('GET', 'key')).toBe('old');
  await expect(replica.call('SET', 'key', 'mine')).rejects.toThrow(/^READONLY /);
  for (const command of ['REPLICAOF NO ONE', 'CONFIG SET repl-diskless-load disabled', 'SAVE']) {
    const [name = '', ...args] = command.split(' ');
    await expect(replica.call(name, ...args)).rejects.toThrow(/^LOADING /);
  }
  await stillLoads(replica);
  await slowness.heal();

  await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
  await expect(replica).toConvergeWith(pair.master);
});

test('swapdb, data of the same history: an abort keeps them, and the place in that history [F4]', async ({
  deployment,
}) => {
  deployment.needsServer('async-loading');
  const long = longLoad(deployment.target);
  await using three = await deployment.start(replicas(2, long));
  const [replica, away] = [three.node('replica-1'), three.node('replica-2')];
  await shareOldData(three);
  const { replid, offset } = await replica.snapshot();
  await using _away = await away.link.apply(cut());
  await using slowness = await fallsBehind(replica, long);

  expect(await loadBegins(replica)).toMatchObject({ asyncLoading: true });
  const outage = await replica.link.apply(cut(), { unproven: true });
  await loadEnds(replica);

  expect(await replica.snapshot()).toMatchObject({ replid, offset, upstream: { link: 'down' } });
  await expect(replica).toHoldSameData(away);
  await slowness.heal();
  await outage.heal();
  await expect(replica).toResync('full', { times: 2, reason: 'lack-of-backlog' });
  await expect(replica).toConvergeWith(three.master);
});

test('swapdb: functions are those of the old data while the new load, and are replaced with them [F4]', async ({
  deployment,
}) => {
  deployment.needsServer('async-loading');
  deployment.needsServer('functions');
  const long = longLoad(deployment.target);
  await using pair = await deployment.start(replicas(1, long));
  const { master, replica } = pair;
  await master.call('FUNCTION', 'LOAD', says('old'));
  await shareOldData(pair);
  await using slowness = await fallsBehind(replica, long, () =>
    master.call('FUNCTION', 'LOAD', 'REPLACE', says('new')),
  );

  expect(await loadBegins(replica)).toMatchObject({ asyncLoading: true });
  expect(await replica.call('FCALL_RO', 'says', 0)).toBe('old');
  await stillLoads(replica);
  await slowness.heal();

  await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
  expect(await replica.call('FCALL_RO', 'says', 0)).toBe('new');
});

test('swapdb: a script that never ends, started while an RDB loads, can be killed, and the load goes on [F4]', async ({
  deployment,
}) => {
  deployment.needsServer('async-loading');
  deployment.needsServer('scripts');
  const long = longLoad(deployment.target);
  await using pair = await deployment.start(replicas(1, long));
  const { replica } = pair;
  await shareOldData(pair);
  await using slowness = await fallsBehind(replica, long);
  expect(await loadBegins(replica)).toMatchObject({ asyncLoading: true });

  using client = replica.dedicated();
  const ends = expect(client.call('EVAL', 'while true do end', 0)).rejects.toThrow(
    /killed by user/i,
  );
  await until(
    () => replica.call('GET', 'key').then(String, (refused: Error) => refused.message),
    (said) => said.startsWith('BUSY '),
    { what: 'the replica to be busy with the script', withinMs: 5_000, verdict: 'inconclusive' },
  );
  await replica.call('SCRIPT', 'KILL');
  await ends;

  expect(await replica.call('GET', 'key')).toBe('old');
  await stillLoads(replica);
  await slowness.heal();
  await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
  await expect(replica).toConvergeWith(pair.master);
});

const replicas = (count: number, { config }: LongLoad) =>
  masterWithReplicas(count, {
    config: { ...noPings, 'repl-backlog-size': 65_536 },
    replicaConfig: { ...config, ...SWAPDB, 'lua-time-limit': 50 },
  });

/** `key` is `old` everywhere. */
async function shareOldData({ master, replicas }: Deployment) {
  await fill(master, { seed: 1, keys: 100 });
  await master.call('SET', 'key', 'old');
  for (const replica of replicas) await expect(replica).toConvergeWith(master);
}

/**
 * A replica's link is cut until the master has written more than its backlog holds, and slow from then on.
 * `key` is `new` on the master. Returns what makes the link slow.
 */
async function fallsBehind(
  replica: Node,
  { slow, data }: LongLoad,
  meanwhile: () => Promise<unknown> = async () => {},
) {
  const { master } = replica.deployment;
  const outage = await replica.link.apply(cut());
  await master.call('SET', 'key', 'new');
  await meanwhile();
  await writeBytes(master, { seed: 2, ...data });
  const slowness = await replica.link.apply(slow, { unproven: true });
  await outage.heal();
  return slowness;
}

/** Source of a library whose one function answers with a word. */
const says = (word: string) =>
  `#!lua name=words
redis.register_function{function_name='says', callback=function() return '${word}' end, flags={'no-writes'}}`;

/** What was looked at before was so while it loaded. */
const stillLoads = (node: Node) =>
  premise('looked too late', async () =>
    expect(await node.snapshot()).toMatchObject({ asyncLoading: true }),
  );

const loadBegins = (node: Node) => loadIs(node, true);
const loadEnds = (node: Node) => loadIs(node, false);

function loadIs(node: Node, wanted: boolean) {
  return until(
    () => node.snapshot(),
    ({ loading, asyncLoading }) => (loading || asyncLoading) === wanted,
    { what: `${node.name} to ${wanted ? 'begin' : 'end'} to load an RDB`, withinMs: 15_000 },
  );
}
