/** A master that says of itself that it is none. */
import {
  expect,
  failedOver,
  fill,
  holdElections,
  letElect,
  masterWithReplicas,
  noPings,
  now,
  SENTINEL_WITHIN_MS,
  sentinels,
  test,
} from '../../helpers/suite.ts';

test('a master that somebody has made a replica counts as down, late: after down-after-milliseconds and 20 s [S9]', async ({
  deployment,
}) => {
  // Before Redis 7.0 its replicas lose their links with it, and who has had none for ten times as long is not chosen.
  const downAfterMs = 5_000;
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), { downAfterMs }),
  );
  const { master } = all;
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);

  // Two of them would replace it, and the third might hear of that first.
  await holdElections(all);
  const fromMs = now();
  await master.call('REPLICAOF', '127.0.0.1', '1');
  const downs = await Promise.all(
    all.sentinels.map((one) => one.event('+sdown', { about: /^master /, withinMs: 60_000 })),
  );
  for (const { atMs } of downs) expect(atMs - fromMs).toBeGreaterThanOrEqual(downAfterMs + 20_000);
  expect(await master.call('PING')).toBe('PONG');

  await letElect(all);
  const heir = await failedOver(all, master);
  for (const node of all.nodes.filter((one) => one !== heir)) {
    await expect(node).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
    await expect(node).toConvergeWith(heir);
  }
});
