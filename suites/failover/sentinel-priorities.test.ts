/**
 * Whom Sentinels promote first, by replica-priority, and whom they hide, by replica-announced. The first does not hide, the
 * second does not keep from promotion.
 */
import {
  allSee,
  expect,
  failedOver,
  holdElections,
  letElect,
  masterWithReplicas,
  type Node,
  noPings,
  SENTINEL_WITHIN_MS,
  sentinels,
  stillStream,
  test,
  toldOf,
  topology,
  until,
} from '../../helpers/suite.ts';

/** A replica that is slow to answer for so long is not chosen, and machines are busy. */
const PATIENT = { downAfterMs: 3_000 };

test('the lowest replica-priority is promoted first, then the next; 0 never, and nobody instead [S13]', async ({
  deployment,
}) => {
  const replica = (name: string, priority: number) =>
    ({ name, replicaOf: 'master', config: { ...noPings, 'replica-priority': priority } }) as const;
  const nodes = [replica('never', 0), replica('second', 20), replica('first', 10)];
  await using all = await deployment.start(
    sentinels(3, topology([{ name: 'master', config: noPings }, ...nodes]), PATIENT),
  );
  const { master } = all;
  const [never, second, first] = all.replicas as [Node, Node, Node];
  await stillStream(all);
  await allSee(all, 'the priorities', (seen) =>
    [0, 20, 10].every((priority, at) => seen[nodes[at]?.name ?? '']?.priority === priority),
  );

  await holdElections(all);
  await master.kill();
  await letElect(all, { among: [first] });
  expect(await failedOver(all, master)).toBe(first);
  for (const node of [second, never]) {
    await expect(node).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  }

  await holdElections(all);
  await first.kill();
  await letElect(all, { among: [second] });
  expect(await failedOver(all, first)).toBe(second);

  await second.kill();
  await until(
    () => toldOf(all, '-failover-abort-no-good-slave').length,
    (times) => times > 0,
    { what: 'a Sentinel to find nobody', withinMs: 60_000 },
  );
  expect((await never.role()).role).toBe('replica');
  for (const sentinel of all.sentinels) expect(await sentinel.masterNamed()).toBe('second');
});

test('replica-announced no hides a replica from who asks Sentinels, and not from promotion: only priority 0 does that [S13]', async ({
  deployment,
}) => {
  deployment.needsServer('replica-announced');
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), PATIENT),
  );
  const { master, replicas } = all;
  const [hidden, shown] = replicas as [Node, Node];
  await stillStream(all);
  await hidden.call('CONFIG', 'SET', 'replica-priority', 10);
  await hidden.call('CONFIG', 'SET', 'replica-announced', 'no');
  await allSee(all, 'one replica alone', (seen) => Object.keys(seen).join() === shown.name);

  await holdElections(all);
  await master.kill();
  await letElect(all, { among: [shown] });

  expect(await failedOver(all, master)).toBe(hidden);
  await expect(shown).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  await allSee(
    all,
    'the old master and the other replica',
    (seen) => Object.keys(seen).sort().join() === ['master', shown.name].join(),
  );
});
