/**
 * Failovers that cannot be, and one that should not. In production: run at least three Sentinels, an odd number of them, each
 * on a host that fails alone, with a majority as the quorum, and leave two replicas that may be promoted. Have each Sentinel
 * asked SENTINEL CKQUORUM all the time: it tells in quiet times what would be missing in an outage.
 */
import {
  allAgree,
  anyTells,
  calm,
  type Deployment,
  expect,
  failedOver,
  hasAskedOthers,
  masterWithReplicas,
  type Node,
  now,
  partition,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  split,
  test,
  until,
} from '../../helpers/suite.ts';

/** An election is held again after twice the failover timeout. */
const SOON = { withinMs: SENTINEL_WITHIN_MS };

test('two Sentinels, of which one dies with the master: the other knows, and may do nothing [N20]', async ({
  deployment,
}) => {
  const pair = sentinels(2, masterWithReplicas(1), {
    ...calm,
    quorum: 1,
    evenOnPurpose: true,
  });
  await using all = await deployment.start(pair);
  const last = await hostDies(all);

  await last.event('+odown', SOON);
  await last.event('-failover-abort-not-elected', SOON);
  expect(await missing(last)).toBe('the majority');
  expect((await all.replica.role()).role).toBe('replica');
});

test('three Sentinels, of which one dies with the master: the others promote the replica [N20]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(1), calm));
  await hostDies(all);

  expect(await failedOver(all, all.master)).toBe(all.replica);
});

test('five Sentinels with a quorum of 2, three of them dead: the quorum is met, and nobody elected until a third is back [N20]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(5, masterWithReplicas(1), { ...calm, quorum: 2 }),
  );
  const { master, replica } = all;
  const [first, second, ...dead] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  for (const sentinel of dead) await sentinel.kill();
  for (const sentinel of [first, second]) expect(await missing(sentinel)).toBe('the majority');

  await master.kill();
  await anyTells({ sentinels: [first, second] }, '+odown', SOON);
  await anyTells({ sentinels: [first, second] }, '-failover-abort-not-elected', SOON);
  expect((await replica.role()).role).toBe('replica');

  await dead[0].restart();
  expect(await failedOver(all, master)).toBe(replica);
});

test('with a quorum of 1, one Sentinel’s broken link replaces a master that all others hear; with 2 it does not [N20]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(1), { ...calm, quorum: 1 }),
  );
  const { master } = all;
  const [alone, ...others] = all.sentinels as [Sentinel, ...Sentinel[]];

  const first = await partition(all, split([alone.name], ['master']));
  const heir = await failedOver(all, master);
  for (const sentinel of others) expect(told(sentinel, '+sdown', /^master /)).toEqual([]);
  await first.heal();
  await allAgree(all, { master: heir.name });

  for (const sentinel of all.sentinels) {
    await sentinel.set({ quorum: 2 });
  }
  const sinceMs = now();
  const second = await partition(all, split([alone.name], [heir.name]));
  await alone.event('+sdown', { about: /^master /, sinceMs, ...SOON });
  await hasAskedOthers(alone);
  expect(told(alone, '+odown', /./, sinceMs)).toEqual([]);
  await second.heal();
  await allAgree(all, { master: heir.name });
});

test('replicas of priority 0 alone: the master is down for all, and none takes its place until one may [N20]', async ({
  deployment,
}) => {
  const never = { 'replica-priority': 0 };
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { replicaConfig: never }), calm),
  );
  const { master } = all;
  const [heir, sibling] = all.replicas as [Node, Node];

  await master.kill();
  await anyTells(all, '-failover-abort-no-good-slave', SOON);
  for (const replica of all.replicas) expect((await replica.role()).role).toBe('replica');

  await heir.call('CONFIG', 'SET', 'replica-priority', 100);
  expect(await failedOver(all, master)).toBe(heir);
  await expect(sibling).toResync('partial', SOON);
  await expect(sibling).toConvergeWith(heir);
});

/** Kills the master together with a Sentinel. Returns another Sentinel. */
async function hostDies({ master, sentinels }: Deployment): Promise<Sentinel> {
  const [beside, other] = sentinels as [Sentinel, Sentinel];
  await Promise.all([master.kill(), beside.kill()]);
  return other;
}

/** What a failover would lack, as soon as a Sentinel's CKQUORUM says that it lacks something. */
async function missing(sentinel: Sentinel): Promise<string> {
  const words = await until(
    () => sentinel.quorumCheck(),
    (said) => said.startsWith('NOQUORUM '),
    { what: `${sentinel.name} to miss Sentinels`, withinMs: SENTINEL_WITHIN_MS },
  );
  return [
    ...(/reach the specified quorum/.test(words) ? ['the quorum'] : []),
    ...(/reach the majority/.test(words) ? ['the majority'] : []),
  ].join(', ');
}

function told(sentinel: Sentinel, name: string, about: RegExp, sinceMs = 0) {
  return sentinel
    .events()
    .filter((one) => one.name === name && about.test(one.text) && one.atMs >= sinceMs);
}
