/**
 * A master that is gone, or seems to be, and Sentinels that put a replica in its place: when they do, when they must not,
 * and what becomes of the others.
 */
import {
  allAgree,
  anyTells,
  calm,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  fill,
  hasAskedOthers,
  masterWithReplicas,
  partition,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  split,
  test,
  toldOf,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test('a crashed master: a replica takes its place, the other follows, and the old one comes back as a replica [S4]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master } = all;
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);

  await master.kill();
  const heir = await failedOver(all, master);
  await writeBytes(heir, { seed: 2, bytes: 50_000 });
  for (const replica of all.replicas) {
    if (replica !== heir)
      await expect(replica).toConvergeWith(heir, { withinMs: SENTINEL_WITHIN_MS });
  }

  await master.restart({ data: 'kept' });
  await anyTells(all, '+convert-to-slave', { withinMs: DEMOTED_WITHIN_MS });
  await expect(master).toConvergeWith(heir);
});

test('one Sentinel that alone does not hear the master changes nothing; with a second, the quorum is met [S1]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2), { ...calm, quorum: 2 }),
  );
  const { master } = all;
  const [first, second, third] = all.sentinels as [Sentinel, Sentinel, Sentinel];

  const alone = await partition(all, split(['sentinel-1'], ['master']));
  await first.event('+sdown', { about: /^master / });
  await hasAskedOthers(first);
  expect(toldOf(all, '+odown')).toEqual([]);
  expect((await master.role()).role).toBe('master');

  const both = await partition(all, split(['sentinel-2'], ['master']));
  await second.event('+sdown', { about: /^master / });
  const heir = await failedOver(all, master);
  expect(toldOf(all, '+odown').length).toBeGreaterThan(0);
  expect((await third.master()).configEpoch).toBeGreaterThan(0);

  for (const one of [alone, both]) await one.heal();
  await allAgree(all, { master: heir.name });
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);
});

test('one Sentinel of three, whatever its quorum, elects nobody; with another, the replica is promoted [S2]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(1), { ...calm, quorum: 1 }),
  );
  const { master, replica } = all;
  const [last, second, third] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  for (const sentinel of [second, third]) await sentinel.kill();
  await until(
    () => last.quorumCheck(),
    (words) => words.startsWith('NOQUORUM '),
    { what: 'sentinel-1 to see that it is alone', withinMs: SENTINEL_WITHIN_MS },
  );

  await master.kill();
  await last.event('+odown');
  await last.event('-failover-abort-not-elected');
  expect((await replica.role()).role).toBe('replica');
  expect(await last.masterNamed()).toBe('master');

  await second.restart();
  expect(await failedOver(all, master)).toBe(replica);
});
