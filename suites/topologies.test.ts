import {
  chain,
  continuedAs,
  cut,
  expect,
  fill,
  load,
  masterWithReplicas,
  noPings,
  promotedHistory,
  test,
  tree,
  writeBytes,
} from '../helpers/suite.ts';

test('a chain of three: every node holds the same history and data [N10]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(3));
  await using writes = await load(line.master, { seed: 1, ratePerSecond: 200, floor: 100 });
  await writes.goesOn(100);
  await writes.stop();

  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
});

test('a cut above a middle node that ends in a partial resync does not disturb its replica [P7] [N10]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2));
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  await expect(leaf).toConvergeWith(line.master);

  const outage = await middle.link.apply(cut());
  await writeBytes(line.master, { seed: 1, bytes: 50_000 });
  await outage.heal();

  await expect(middle).toResync('partial');
  await expect(leaf).toConvergeWith(line.master);
  await expect(leaf).toHaveStayedInSync();
});

test('a cut below a middle node ends in a partial resync from it [N10]', async ({ deployment }) => {
  await using line = await deployment.start(chain(2));
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];

  const outage = await leaf.link.apply(cut());
  await writeBytes(line.master, { seed: 1, bytes: 50_000 });
  await outage.heal();

  await expect(leaf).toResync('partial');
  await expect(leaf).toConvergeWith(line.master);
  await expect(middle).toHaveStayedInSync();
});

test('after a middle node’s full resync all below it hold the new history [N10]', async ({
  deployment,
}) => {
  await using line = await deployment.start(
    chain(2, { masterConfig: { 'repl-backlog-size': 32_768 } }),
  );
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];

  const outage = await middle.link.apply(cut());
  await writeBytes(line.master, { seed: 1, bytes: 200_000 });
  await outage.heal();

  await expect(middle).toResync('full', { reason: 'lack-of-backlog' });
  await expect(leaf).toConvergeWith(line.master);
});

test('a tree: two branches, one with two leaves', async ({ deployment }) => {
  await using all = await deployment.start(
    tree({ left: { 'left-1': {}, 'left-2': {} }, right: {} }),
  );
  await fill(all.master, { seed: 1, keys: 100 });

  for (const replica of all.replicas) await expect(replica).toConvergeWith(all.master);
});

test('a replica moves to another master at run time, through a link of its own [N11]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2, { config: noPings }));
  const [first, second] = [three.node('replica-1'), three.node('replica-2')];
  await fill(three.master, { seed: 1, keys: 50 });
  // A new upstream that is behind its new replica, by a PING even, cannot continue it.
  for (const replica of [first, second]) await expect(replica).toConvergeWith(three.master);

  await second.replicaOf(first);

  await expect(second).toResync('partial');
  await expect(second).toConvergeWith(first);
  const before = await first.snapshot();
  await first.promote();
  await expect(first).toHaveBecome(promotedHistory(before), before);
  await expect(second).toResync('partial');
  const { replid } = await first.snapshot();
  await expect(second).toHaveBecome(continuedAs(before, replid), before);
  await first.call('SET', 'mine', '1');
  await expect(second).toConvergeWith(first);
});
