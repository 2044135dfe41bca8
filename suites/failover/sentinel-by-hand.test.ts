/** SENTINEL FAILOVER: what it asks nobody for, when it is refused, and what a failover that is given up leaves behind. */
import {
  allAgree,
  anyTells,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  noPings,
  partition,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  split,
  test,
  until,
} from '../../helpers/suite.ts';

test('one Sentinel alone, with a quorum of three, promotes a replica of a master that is well: by hand it takes no agreement [S7]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), { quorum: 3, downAfterMs: 20_000 }),
  );
  const { master } = all;
  const [alone, ...others] = all.sentinels as [Sentinel, ...Sentinel[]];
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
  for (const one of others) await one.kill();

  // A master that Sentinels speak to has each greeting of theirs in its stream, and a sibling of the heir some too many.
  const silence = await partition(all, split([alone.name], ['master']));
  await alone.failOver();
  const heir = await failedOver(all, master, { by: [alone] });
  expect(alone.events().map(({ name }) => name)).not.toContain('+odown');
  const siblings = all.replicas.filter((one) => one !== heir);
  for (const sibling of siblings)
    await expect(sibling).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });

  await silence.heal();
  for (const one of others) await one.restart();
  await allAgree(all, { master: heir.name });
  // It was a master for as long as it took to tell it, and has greetings that nobody else has.
  await expect(master).toResync('full', { reason: 'second-offset-exceeded' });
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);
  for (const sibling of siblings) await expect(sibling).toHaveStayedInSync();
});

test('while a failover goes on another is refused; over its time it is given up, and what the replica did late is undone [S7]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(1), { downAfterMs: 60_000, failoverTimeoutMs: 600_000 }),
  );
  const { master, replica } = all;
  const [leader] = all.sentinels as [Sentinel];

  await replica.pause();
  await leader.failOver();
  await expect(leader.failOver()).rejects.toThrow('INPROG Failover already in progress');
  await leader.event('+failover-state-wait-promotion');
  await expect(leader.failOver()).rejects.toThrow('INPROG Failover already in progress');

  await leader.set({ 'failover-timeout': 1_000 });
  await leader.event('-failover-abort-slave-timeout');
  expect(await leader.masterNamed()).toBe('master');

  await replica.resume();
  await until(
    () => replica.role(),
    ({ role }) => role === 'master',
    {
      what: 'replica-1 to obey what it was told while it was frozen',
      withinMs: SENTINEL_WITHIN_MS,
    },
  );
  await anyTells(all, '+convert-to-slave', { withinMs: DEMOTED_WITHIN_MS });
  await allAgree(all, { master: 'master' });
  await expect(replica).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(replica).toConvergeWith(master);
});

test('no replica that could be promoted: refused, and the master stays; done once one is back [S7]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(1, masterWithReplicas(1), { downAfterMs: 3_000 }),
  );
  const { master, replica } = all;
  const [sentinel] = all.sentinels as [Sentinel];
  await fill(master, { seed: 1, keys: 100 });

  await replica.kill();
  await sentinel.event('+sdown', { about: /^slave / });
  await expect(sentinel.failOver()).rejects.toThrow('NOGOODSLAVE No suitable replica to promote');
  expect((await master.role()).role).toBe('master');
  expect(await sentinel.masterNamed()).toBe('master');

  await replica.restart({ data: 'kept' });
  // Sentinels promote a replica that has just come back and has nothing yet, too.
  await expect(replica).toConvergeWith(master);
  await until(
    () => sentinel.failOver(),
    () => true,
    { what: 'sentinel-1 to take replica-1 for good again', withinMs: SENTINEL_WITHIN_MS },
  );
  expect(await failedOver(all, master)).toBe(replica);
  await allAgree(all, { master: replica.name });
  await expect(master).toConvergeWith(replica);
});
