/**
 * Which Sentinels it takes for a failover, what they say of it beforehand, and what becomes of one that was not there.
 */
import {
  allAgree,
  type Deployment,
  expect,
  failedOver,
  fill,
  hasAskedOthers,
  isolate,
  masterWithReplicas,
  now,
  partition,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  split,
  test,
  toldOf,
  until,
} from '../../helpers/suite.ts';

/** On a machine that does much else, an heir is not soon to be found down in its turn: links to it are new. */
const downAfterMs = 3_000;

const MISSES_QUORUM =
  'Not enough available Sentinels to reach the specified quorum for this master';
const MISSES_MAJORITY =
  'Not enough available Sentinels to reach the majority and authorize a failover';

test('a quorum of all: while one Sentinel hears the master nothing is changed; when it does not, a replica is promoted [S3]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2), { quorum: 3, downAfterMs }),
  );
  const { master } = all;
  const [first, second, witness] = all.sentinels as [Sentinel, Sentinel, Sentinel];

  const most = await partition(all, split([first.name, second.name], ['master']));
  for (const one of [first, second]) {
    await one.event('+sdown', { about: /^master / });
    await hasAskedOthers(one);
  }
  expect((await witness.master()).flags).toEqual(['master']);
  expect(toldOf(all, '+odown')).toEqual([]);
  expect((await master.role()).role).toBe('master');

  const rest = await partition(all, split([witness.name], ['master']));
  const heir = await failedOver(all, master);
  expect(toldOf(all, '+odown')[0]?.text).toMatch(/ #quorum 3\/3$/);

  for (const one of [most, rest]) await one.heal();
  await allAgree(all, { master: heir.name });
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);
});

/** How a Sentinel goes away, and what brings it back. */
const aways: Record<string, (all: Deployment, one: Sentinel) => Promise<() => Promise<void>>> = {
  killed: async (_all, one) => {
    await one.kill();
    return () => one.restart();
  },
  'cut off': async (all, one) => {
    const silence = await partition(all, isolate(all, [one.name]));
    return () => silence.heal();
  },
};

test.for(Object.keys(aways))(
  'a Sentinel that was %s during a failover learns of the new master and its epoch when it is back [S5]',
  async (how, { deployment }) => {
    await using all = await deployment.start(sentinels(3, masterWithReplicas(1), { downAfterMs }));
    const { master, replica } = all;
    const [first, second, absent] = all.sentinels as [Sentinel, Sentinel, Sentinel];
    await fill(master, { seed: 1, keys: 100 });
    await expect(replica).toConvergeWith(master);

    const comeBack = await aways[how]?.(all, absent);
    await master.kill();
    expect(await failedOver(all, master, { by: [first, second] })).toBe(replica);
    const { configEpoch } = await first.master();
    expect(configEpoch).toBeGreaterThan(0);
    expect(absent.events().map(({ name }) => name)).not.toContain('+switch-master');

    await master.restart({ data: 'kept' });
    const sinceMs = now();
    await comeBack?.();
    await absent.event('+switch-master', { sinceMs, withinMs: SENTINEL_WITHIN_MS });
    expect(await absent.masterNamed()).toBe(replica.name);
    expect((await absent.master()).configEpoch).toBe(configEpoch);

    await allAgree(all, { master: replica.name });
    await expect(master).toConvergeWith(replica);
  },
);

test('SENTINEL CKQUORUM tells who is missing: for the quorum, for the majority, for both [S10]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(0), { quorum: 1 }));
  const [asked, second, third] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  const tells = (words: string) =>
    until(
      () => asked.quorumCheck(),
      (seen) => seen === words,
      { what: `${asked.name} to tell ${words}`, withinMs: SENTINEL_WITHIN_MS },
    );
  const reached = 'usable Sentinels. Quorum and failover authorization can be reached';
  await tells(`OK 3 ${reached}`);

  await third.kill();
  await tells(`OK 2 ${reached}`);
  await asked.set({ quorum: 3 });
  await tells(`NOQUORUM 2 usable Sentinels. ${MISSES_QUORUM}`);

  await second.kill();
  await tells(`NOQUORUM 1 usable Sentinels. ${MISSES_QUORUM}. ${MISSES_MAJORITY}`);
  await asked.set({ quorum: 1 });
  await tells(`NOQUORUM 1 usable Sentinels. ${MISSES_MAJORITY}`);

  for (const one of [second, third]) await one.restart();
  await tells(`OK 3 ${reached}`);
});
