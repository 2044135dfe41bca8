/**
 * Failovers that do not come about as asked: given up for time, by hand, or because the replica refuses; and those that are
 * forced. Where a master does not hand over it goes on as it was, with all that waited.
 */
import {
  beginFailover,
  cut,
  expect,
  failoverEnded,
  failoverReaches,
  halfOpen,
  heldWrite,
  judgeLosses,
  Ledger,
  ledgerOn,
  limitData,
  type Node,
  noPings,
  now,
  replicated,
  streamFrom,
  syncCounts,
  test,
  topology,
  writeLedger,
} from '../helpers/suite.ts';

const READONLY = "READONLY You can't write against a read only replica.";
/** Long enough to see that a write waits, on a machine that may do much else. */
const TIMEOUT_MS = 10_000;
/** Of `+CONTINUE` and the new ID, which a replica says last before the stream. */
const INSIDE_THE_ANSWER = 40;

test.for([
  { ends: 'its TIMEOUT is over', byHand: false, timeoutMs: TIMEOUT_MS },
  { ends: 'it is told to ABORT', byHand: true, timeoutMs: 60_000 },
])(
  'the replica has not caught up when $ends: the master goes on with what waited, and nobody resyncs [V2]',
  async ({ byHand, timeoutMs }, { deployment }) => {
    deployment.needsServer('failover');
    await using three = await deployment.start(family());
    const [master, heir] = [three.master, three.node('heir')];
    const grown = await syncCounts(three);

    using write = await waits(master, heir, () => beginFailover(master, { to: heir, timeoutMs }));
    if (byHand) expect(await master.call('FAILOVER', 'ABORT')).toBe('OK');

    expect(await write.answer).toBe('OK');
    await failoverEnded(master);
    expect((await master.role()).role).toBe('master');
    await heir.resume();
    for (const replica of three.replicas) {
      await expect(replica).toConvergeWith(master);
      await expect(replica).toHaveStayedInSync();
      expect(await replica.call('GET', 'key')).toBe('held');
    }
    expect(await syncCounts(three, grown)).toEqual({});
  },
);

test('ABORT while a replica that cannot be reached is to take over: the master is one again, and all resync partially [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using three = await deployment.start(family());
  const [master, heir] = [three.master, three.node('heir')];
  const grown = await syncCounts(three);
  await using _outage = await (await three.link(master, heir)).apply(cut());
  using write = await waits(master, heir, () => beginFailover(master, { to: heir }));
  await heir.resume();
  await failoverReaches(master, 'failover-in-progress');
  expect((await master.role()).role).toBe('replica');

  expect(await master.call('FAILOVER', 'ABORT')).toBe('OK');

  expect(await write.answer).toBe('OK');
  await failoverEnded(master);
  expect((await master.role()).role).toBe('master');
  await allFollow(master, three.replicas);
  expect(await syncCounts(three, grown)).toEqual({ master: { partial: 2 } });
});

test('a replica whose ACL lacks PSYNC: the master is one again, and all resync partially [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using three = await deployment.start(family());
  const [master, heir] = [three.master, three.node('heir')];
  const grown = await syncCounts(three);
  await heir.call('ACL', 'SETUSER', 'default', '-psync');
  using write = await waits(master, heir, () => beginFailover(master, { to: heir }));

  await heir.resume();

  expect(await write.answer).toBe('OK');
  await failoverEnded(master);
  await master.logged(/aborted: Failover target rejected psync request$/);
  expect((await master.role()).role).toBe('master');
  await allFollow(master, three.replicas);
  expect(await syncCounts(three, grown)).toEqual({ master: { partial: 2 } });
});

test('a replica that is promoted by hand before it is asked: both are masters, of histories that part there [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using three = await deployment.start(family());
  const { master } = three;
  const [heir, sibling] = [three.node('heir'), three.node('sibling')];
  const grown = await syncCounts(three);
  const outage = await (await three.link(master, heir)).apply(cut());
  using write = await waits(master, heir, () => beginFailover(master, { to: heir }));
  await heir.resume();
  await failoverReaches(master, 'failover-in-progress');
  await heir.promote();

  await outage.heal();

  expect(await write.answer).toBe('OK');
  await failoverEnded(master);
  await master.logged(/aborted: Failover target rejected psync request$/);
  for (const node of [master, heir]) expect((await node.role()).role, node.name).toBe('master');
  expect(await heir.call('GET', 'key')).toBe('before');
  await allFollow(master, [sibling]);
  expect(await syncCounts(three, grown)).toEqual({ master: { partial: 1 } });
  await heir.replicaOf(master);
  await expect(heir).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(heir).toConvergeWith(master);
});

test('the answer of the replica that takes over is lost: its old master takes it for a refusal, and both are masters [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(heirAlone());
  const [master, heir] = [pair.master, pair.node('heir')];
  const bytes = (await streamFrom(master, heir)) - INSIDE_THE_ANSWER;
  const outage = await (await pair.link(master, heir)).apply(limitData('downstream', { bytes }));
  using write = await waits(master, heir, () => beginFailover(master, { to: heir }));

  await heir.resume();

  expect(await write.answer).toBe('OK');
  await failoverEnded(master);
  await master.logged(/aborted: Failover target rejected psync request$/);
  for (const node of [master, heir]) expect((await node.role()).role, node.name).toBe('master');
  expect(await heir.call('SET', 'key', 'mine')).toBe('OK');
  await outage.heal();

  await master.replicaOf(heir);
  await expect(master).toConvergeWith(heir);
  await pair.logsComplete();
  const kinds = pair.unjudgedResyncsOf(master).map(({ kind, reason }) => `${kind}: ${reason}`);
  expect(kinds).toEqual(['partial: in-backlog', 'full: replication-id-mismatch']);
  expect(await master.call('GET', 'key'), 'acknowledged by both, kept by one').toBe('mine');
});

test('FORCE makes a replica that is paused the next master, for as long as it takes; there is none until then [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using three = await deployment.start(family());
  const { master } = three;
  const [heir, sibling] = [three.node('heir'), three.node('sibling')];
  const grown = await syncCounts(three);

  using write = await waits(master, heir, () =>
    beginFailover(master, { to: heir, force: true, timeoutMs: TIMEOUT_MS }),
  );
  await failoverReaches(master, 'failover-in-progress');
  for (const node of [master, sibling]) {
    expect((await node.role()).role, node.name).toBe('replica');
  }
  await heir.resume();

  expect(await write.answer).toBe(READONLY);
  await failoverEnded(master);
  expect(await heir.call('GET', 'key'), 'it had come, but was not confirmed').toBe('before');
  await allFollow(heir, [master, sibling]);
  expect(await syncCounts(three, grown)).toEqual({ heir: { partial: 1 }, master: { partial: 1 } });
});

test('FORCE to a replica behind a silent link loses what it has not, and nothing else: its old master resyncs fully [V2]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(heirAlone());
  const [master, heir] = [pair.master, pair.node('heir')];
  const ledger = new Ledger(now);
  await using clients = await writeLedger(master, ledger, { ratePerSecond: 400 });
  await clients.goesOn(50);
  const fromMs = await replicated(master, ledger, 1);
  await using _silence = await heir.link.apply(halfOpen('downstream'));
  await clients.goesOn(50);

  await beginFailover(master, { to: heir, force: true, timeoutMs: 100 });
  await clients.goesOn(1, 'failed');
  await clients.stop();
  const untilMs = ledger.now();

  await failoverEnded(master);
  await expect(master).toResync('full', { reason: 'second-offset-exceeded' });
  await expect(master).toConvergeWith(heir);
  const judgement = judgeLosses(pair, ledger.writes, await ledgerOn(master), [
    { node: 'master', cause: 'FORCE', fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
  expect(judgement.outcomes.unknown).toBe(0);
  expect(judgement.lost.length).toBeGreaterThanOrEqual(50);
});

function family() {
  const config = noPings;
  return topology([
    { name: 'master', config },
    { name: 'heir', replicaOf: 'master', heirOf: 'master', config },
    { name: 'sibling', replicaOf: 'master', config },
  ]);
}

function heirAlone() {
  return topology([
    { name: 'master', config: noPings },
    { name: 'heir', replicaOf: 'master', heirOf: 'master', config: noPings },
  ]);
}

/** A failover begins that the heir, which is paused now, keeps waiting; and so is a write. */
async function waits(master: Node, heir: Node, begin: () => Promise<void>) {
  await master.call('SET', 'key', 'first');
  // One that is online may not be sent the stream yet: what comes next must be on its way to it.
  await expect(heir).toConvergeWith(master);
  await heir.pause();
  await master.call('SET', 'key', 'before');
  await begin();
  const write = await heldWrite(master, 'key');
  expect((await master.snapshot()).failover).toBe('waiting-for-sync');
  return write;
}

async function allFollow(upstream: Node, replicas: readonly Node[]): Promise<void> {
  for (const replica of replicas) await expect(replica).toResync('partial');
  for (const replica of replicas) await expect(replica).toConvergeWith(upstream);
}
