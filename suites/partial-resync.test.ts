import {
  cut,
  expect,
  fill,
  load,
  masterWithReplicas,
  noPings,
  test,
  writeBytes,
} from '../helpers/suite.ts';

test('a short cut under load ends in one partial resync [P1]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using writes = await load(pair.master, { seed: 1, ratePerSecond: 500, floor: 100 });

  const outage = await pair.replica.link.apply(cut());
  await writes.goesOn(100);
  await outage.heal();

  await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
  await writes.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a cut without traffic ends in a partial resync of no bytes [P1]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);

  const outage = await pair.replica.link.apply(cut());
  await outage.heal();

  await expect(pair.replica).toResync('partial');
  expect(pair.resyncsOf(pair.replica).at(-1)).toMatchObject({ backlogBytes: 0 });
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('each of several cuts ends in a partial resync of just the bytes missed [P1]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await writeBytes(pair.master, { seed: 1, bytes: 1_000 });
  await expect(pair.replica).toConvergeWith(pair.master);

  for (const seed of [2, 3, 4]) {
    const outage = await pair.replica.link.apply(cut());
    const { offset: before } = await pair.master.snapshot();
    await writeBytes(pair.master, { seed, bytes: 50_000 });
    const { offset: after } = await pair.master.snapshot();
    await outage.heal();

    await expect(pair.replica).toResync('partial');
    expect(pair.resyncsOf(pair.replica).at(-1)).toMatchObject({ backlogBytes: after - before });
    await expect(pair.replica).toConvergeWith(pair.master);
  }
});

test('two replicas cut in turn: the one that stays is not disturbed [P1]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2));
  const [cutOff, stays] = [three.node('replica-1'), three.node('replica-2')];

  const outage = await cutOff.link.apply(cut());
  await writeBytes(three.master, { seed: 1, bytes: 50_000 });
  await expect(stays).toConvergeWith(three.master);
  await outage.heal();

  await expect(cutOff).toResync('partial');
  await expect(stays).toHaveStayedInSync();
  await expect(cutOff).toConvergeWith(three.master);
});

test('a master that restarts without its data has an unknown history: full resync, data gone [N24]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await fill(pair.master, { seed: 1, keys: 100 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.master.kill();
  await pair.master.restart({ data: 'lost' });

  await expect(pair.replica).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(pair.replica).toConvergeWith(pair.master);
  expect((await pair.replica.snapshot()).keys).toEqual(new Map());
});

test('an outage beyond the backlog ends in a full resync [P1]', async ({ deployment }) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { 'repl-backlog-size': 65_536 } }),
  );
  await fill(pair.master, { seed: 1, keys: 200 });
  await expect(pair.replica).toConvergeWith(pair.master);

  const outage = await pair.replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 2, bytes: 200_000 });
  await outage.heal();

  await expect(pair.replica).toResync('full', { reason: 'lack-of-backlog' });
  await expect(pair.replica).toConvergeWith(pair.master);
});
