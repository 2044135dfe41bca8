/**
 * A master that crashes, and Sentinels that put a replica in its place: when they do, when they must not, and what becomes
 * of the others.
 */
import {
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  sentinels,
  test,
  writeBytes,
} from '../helpers/suite.ts';

test('a crashed master: a replica takes its place, the other follows, and the old one comes back as a replica [S4]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2)));
  const { master } = all;
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);

  await master.kill();
  const heir = await failedOver(all, master);
  await writeBytes(heir, { seed: 2, bytes: 50_000 });
  for (const replica of all.replicas) {
    if (replica !== heir) await expect(replica).toConvergeWith(heir);
  }

  await master.restart({ data: 'kept' });
  await Promise.any(
    all.sentinels.map((sentinel) => sentinel.event('+convert-to-slave', { withinMs: 30_000 })),
  );
  await expect(master).toConvergeWith(heir);
});
