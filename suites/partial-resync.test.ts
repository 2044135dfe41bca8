import { cut, expect, fill, load, masterWithReplicas, test, writeBytes } from '../helpers/suite.ts';

test('a short cut under load ends in one partial resync [P1]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const [replica] = pair.replicas as [(typeof pair)['master']];
  await using writes = await load(pair.master, { seed: 1, ratePerSecond: 500, floor: 100 });

  const outage = await replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 2, bytes: 100_000 });
  await outage.heal();

  await expect(replica).toResync('partial', { reason: 'in-backlog' });
  await writes.stop();
  await expect(replica).toConvergeWith(pair.master);
});

test('an outage beyond the backlog ends in a full resync', async ({ deployment }) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { 'repl-backlog-size': '64kb' } }),
  );
  const [replica] = pair.replicas as [(typeof pair)['master']];
  await fill(pair.master, { seed: 1, keys: 500 });

  const outage = await replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 2, bytes: 200_000 });
  await outage.heal();

  await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
  await expect(replica).toConvergeWith(pair.master);
});
