/**
 * FAILOVER: a master hands over to a replica that has everything, and becomes its replica. Nobody resyncs fully, and nothing
 * that was acknowledged is lost. What cannot be handed over: failover-in-vain.
 */
import {
  beginFailover,
  blocked,
  cut,
  type Deployment,
  expect,
  failoverEnded,
  failoverReaches,
  fill,
  heldWrite,
  judgeLedger,
  Ledger,
  ledgerOn,
  type Node,
  noPings,
  now,
  syncCounts,
  test,
  topology,
  writeBytes,
  writeLedger,
} from '../helpers/suite.ts';

const WRITES = 50;
/** How often a server looks at its failover, at the least. */
const CRON_MS = 1_000;
const READONLY = "READONLY You can't write against a read only replica.";

test('FAILOVER TO a replica under load: no acknowledged write is lost, and all resync partially, the replicas of both too [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using all = await deployment.start(family());
  const { master } = all;
  const [heir, sibling, leaf] = [all.node('heir'), all.node('sibling'), all.node('leaf')];
  await fill(master, { seed: 1, keys: 100 });
  const grown = await syncCounts(all);
  const ledger = new Ledger(now);
  await using before = await writeLedger(master, ledger, { ratePerSecond: 400 });
  await before.goesOn(WRITES);

  await beginFailover(master, { to: heir });
  await before.goesOn(WRITES, 'failed');
  await before.stop();
  expect(before.lastError).toBe(READONLY);
  await using after = await writeLedger(heir, ledger, { ratePerSecond: 400 });
  await after.goesOn(WRITES);
  await after.stop();

  await failoverEnded(master);
  expect(await rolesOf(all)).toEqual({
    master: 'replica of heir',
    heir: 'master',
    sibling: 'replica of master',
    leaf: 'replica of heir',
  });
  for (const replica of [master, sibling, leaf]) await expect(replica).toResync('partial');
  for (const replica of [master, sibling, leaf]) await expect(replica).toConvergeWith(heir);
  expect(await syncCounts(all, grown)).toEqual({ heir: { partial: 2 }, master: { partial: 1 } });
  const judgement = judgeLedger(ledger.writes, await ledgerOn(sibling));
  expect(judgement.objections).toEqual([]);
  expect(judgement.outcomes.unknown).toBe(0);
});

test('it waits for the replica to have everything: until then writes wait, and reads do not [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using all = await deployment.start(family());
  const { master } = all;
  const [heir, sibling, leaf] = [all.node('heir'), all.node('sibling'), all.node('leaf')];
  const grown = await syncCounts(all);
  using client = master.dedicated();
  await heir.pause();
  await client.call('SET', 'key', 'before');

  await beginFailover(master, { to: heir });
  using write = await heldWrite(master, 'key');
  expect(await client.call('WAIT', 2, 2 * CRON_MS), 'the heir has not got it').toBeLessThan(2);
  expect((await master.snapshot()).failover).toBe('waiting-for-sync');
  expect((await master.role()).role).toBe('master');
  expect(await master.call('GET', 'key')).toBe('before');
  const { offset } = await master.snapshot();
  await heir.resume();

  expect(await write.answer, 'held until it is a replica').toBe(READONLY);
  await failoverEnded(master);
  for (const replica of [master, sibling, leaf]) await expect(replica).toResync('partial');
  for (const replica of [master, sibling, leaf]) await expect(replica).toConvergeWith(heir);
  expect(await heir.call('GET', 'key')).toBe('before');
  expect(await heir.snapshot()).toMatchObject({ role: 'master', offset, secondOffset: offset + 1 });
  expect(await syncCounts(all, grown)).toEqual({ heir: { partial: 2 }, master: { partial: 1 } });
});

test('FAILOVER without a name hands over to whichever replica has everything, not to the first if that lags [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  const replica = { replicaOf: 'master', heirOf: 'master', config: noPings };
  await using three = await deployment.start(
    topology([
      { name: 'master', config: noPings },
      { name: 'one', ...replica },
      { name: 'other', ...replica },
    ]),
  );
  const { master } = three;
  const [first] = (await master.snapshot()).replicas;
  const isFirst = (node: Node) => node.port === first?.port;
  const [lagging, heir] = three.replicas.toSorted((a) => (isFirst(a) ? -1 : 1)) as [Node, Node];
  const grown = await syncCounts(three);
  await lagging.pause();
  await master.call('SET', 'key', 'value');

  await beginFailover(master);
  await failoverEnded(master);
  expect((await heir.role()).role).toBe('master');
  await expect(master).toResync('partial');
  await lagging.resume();

  for (const node of [master, lagging]) await expect(node).toConvergeWith(heir);
  await expect(lagging).toResync('partial');
  expect(await syncCounts(three, grown)).toEqual({
    [heir.name]: { partial: 1 },
    master: { partial: 1 },
  });
});

test('handed over, and back, and over again: a partial resync each time, through the link between the two [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(
    topology([
      { name: 'master', config: noPings, heirOf: 'heir' },
      { name: 'heir', replicaOf: 'master', config: noPings, heirOf: 'master' },
    ]),
  );
  const nodes = [pair.master, pair.node('heir')] as const;
  await fill(pair.master, { seed: 1, keys: 100 });
  for (let time = 0; time < 3; time += 1) {
    const [from, to] = time % 2 === 0 ? nodes : ([nodes[1], nodes[0]] as const);
    const grown = await syncCounts(pair);

    await beginFailover(from, { to });
    await failoverEnded(from);
    await expect(from).toResync('partial');
    const link = await pair.link(from, to);
    const followed = `${link.inside.host} ${link.inside.port}`;
    expect(await from.call('CONFIG', 'GET', 'replicaof')).toEqual(['replicaof', followed]);
    expect(await to.call('CONFIG', 'GET', 'replicaof')).toEqual(['replicaof', '']);
    const outage = await link.apply(cut());
    await writeBytes(to, { seed: time, bytes: 20_000 });
    await outage.heal();

    await expect(from).toResync('partial');
    await expect(from).toConvergeWith(to);
    expect(await syncCounts(pair, grown)).toEqual({ [to.name]: { partial: 2 } });
  }
});

test('while the replica cannot be reached there is no master: what waits goes on waiting, more is refused; once it can be it takes over [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using all = await deployment.start(family());
  const { master } = all;
  const heir = all.node('heir');
  const grown = await syncCounts(all);
  const outage = await (await all.link(master, heir)).apply(cut());
  await heir.pause();
  await master.call('SET', 'key', 'before');

  await beginFailover(master, { to: heir });
  using write = await heldWrite(master, 'key');
  await heir.resume();
  await failoverReaches(master, 'failover-in-progress');
  expect(await rolesOf(all)).toMatchObject({
    master: 'replica of heir',
    heir: 'replica of master',
  });
  for (const node of [master, heir]) {
    await expect(node.call('SET', 'key', 'mine'), node.name).rejects.toThrow(READONLY);
  }
  await blocked(master, 1);
  await outage.heal();

  expect(await write.answer).toBe(READONLY);
  await failoverEnded(master);
  for (const name of ['master', 'sibling', 'leaf']) {
    await expect(all.node(name)).toResync('partial');
    await expect(all.node(name)).toConvergeWith(heir);
  }
  expect(await heir.call('GET', 'key')).toBe('before');
  expect(await syncCounts(all, grown)).toEqual({ heir: { partial: 2 }, master: { partial: 1 } });
});

/** Two replicas, of which one can take over, and one below that. */
function family() {
  const config = noPings;
  return topology([
    { name: 'master', config },
    { name: 'heir', replicaOf: 'master', heirOf: 'master', config },
    { name: 'sibling', replicaOf: 'master', config },
    { name: 'leaf', replicaOf: 'heir', config },
  ]);
}

/** Who is whose replica, by the links that they use. */
async function rolesOf(deployment: Deployment): Promise<Record<string, string>> {
  const roles = deployment.nodes.map(async (node) => [node.name, await roleOf(node)] as const);
  return Object.fromEntries(await Promise.all(roles));
}

async function roleOf(node: Node): Promise<string> {
  const role = await node.role();
  if (role.role !== 'replica') return role.role;
  const others = node.deployment.nodes.filter((other) => other !== node);
  for (const other of others) {
    const { inside } = await node.deployment.link(node, other);
    if (inside.host === role.host && inside.port === role.port) return `replica of ${other.name}`;
  }
  return `replica of ${role.host}:${role.port}`;
}
