/**
 * What it takes an old master to come back. Restarted from its RDB as a replica of the new master, it continues, unless it
 * has a write of its own. As a master it never does: its history is another one, if only by what Sentinels themselves
 * publish on it before they demote it.
 */
import {
  allAgree,
  calm,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  noPings,
  partition,
  SENTINEL_WITHIN_MS,
  saveRdb,
  sentinels,
  siblingOf,
  split,
  syncCounts,
  test,
  writeBytes,
} from '../../helpers/suite.ts';

test.for<{
  returns: string;
  kind: 'partial' | 'full';
  as: 'replica' | 'master';
  diverged: boolean;
}>([
  { returns: 'as a replica continues', kind: 'partial', as: 'replica', diverged: false },
  {
    returns: 'as a replica with a write of its own does not',
    kind: 'full',
    as: 'replica',
    diverged: true,
  },
  { returns: 'as a master does not', kind: 'full', as: 'master', diverged: false },
])(
  'an old master that returns from its RDB $returns: $kind [N12]',
  async ({ as, diverged, kind }, { deployment }) => {
    await using all = await deployment.start(
      sentinels(3, masterWithReplicas(1, { config: noPings }), calm),
    );
    const { master, replica } = all;
    await fill(master, { seed: 1, keys: 100 });
    await expect(replica).toConvergeWith(master);
    await using resources = new AsyncDisposableStack();
    if (diverged) {
      resources.use(await partition(all, split(['master'], [replica.name])));
      await master.call('SET', 'unseen', '1');
    }
    await saveRdb(master);
    await all.look();
    await master.kill();
    const heir = await failedOver(all, master);
    await writeBytes(heir, { seed: 2, bytes: 20_000 });
    await resources.disposeAsync();

    const { host, port } = all.announced(heir).inside;
    const args = as === 'replica' ? ['--replicaof', host, String(port)] : [];
    await master.restart({ data: 'kept', args });
    await allAgree(all, { master: heir.name, withinMs: DEMOTED_WITHIN_MS });
    await expect(master).toResync(kind, { withinMs: SENTINEL_WITHIN_MS });
    await expect(master).toConvergeWith(heir);
    expect(await heir.call('GET', 'unseen')).toBeNull();
  },
);

test('a paused master that nobody wrote to cannot continue: what Sentinels publish on it is a history of its own [N12]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), calm),
  );
  const { master, replicas } = all;
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of replicas) await expect(replica).toConvergeWith(master);
  const grown = await syncCounts(all);

  await master.pause();
  const heir = await failedOver(all, master);
  const sibling = siblingOf(all, heir);
  await expect(sibling).toConvergeWith(heir, { withinMs: SENTINEL_WITHIN_MS });
  await master.resume();
  await allAgree(all, { master: heir.name, withinMs: DEMOTED_WITHIN_MS });
  await expect(master).toResync('full', {
    withinMs: SENTINEL_WITHIN_MS,
    reason: 'second-offset-exceeded',
  });
  for (const one of [master, sibling]) await expect(one).toConvergeWith(heir);
  expect(await syncCounts(all, grown)).toEqual({ [heir.name]: { partial: 1, full: 1 } });
});
