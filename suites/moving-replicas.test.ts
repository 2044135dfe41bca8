/** Replicas that are given another upstream at run time. */
import {
  chain,
  expect,
  fill,
  load,
  noPings,
  syncCounts,
  test,
  tree,
  writeBytes,
} from '../helpers/suite.ts';

test('a sub-replica moves to the root under load, and back to its middle: a partial resync each [N11]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: noPings }));
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  const grown = await syncCounts(line);
  await using writes = await load(line.master, { seed: 1, ratePerSecond: 300, floor: 100 });
  await writes.goesOn(50);

  await leaf.replicaOf(line.master);
  await expect(leaf).toResync('partial');
  await writes.goesOn(50);
  await writes.stop();
  // A middle that is behind its new replica, by a byte even, cannot continue it.
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);

  await leaf.replicaOf(middle);
  await expect(leaf).toResync('partial');
  await writeBytes(line.master, { seed: 2, bytes: 20_000 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  await expect(middle).toHaveStayedInSync();
  expect(await syncCounts(line, grown)).toEqual({
    master: { partial: 1 },
    'replica-1': { partial: 1 },
  });
});

test('two siblings swap their upstreams at once: a partial resync each [N11]', async ({
  deployment,
}) => {
  const branches = tree({ left: { 'left-1': {} }, right: { 'right-1': {} } }, { config: noPings });
  await using all = await deployment.start(branches);
  await fill(all.master, { seed: 1, keys: 50 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(all.master);
  const grown = await syncCounts(all);
  const [left, right] = [all.node('left'), all.node('right')];
  const [ofLeft, ofRight] = [all.node('left-1'), all.node('right-1')];

  await Promise.all([ofLeft.replicaOf(right), ofRight.replicaOf(left)]);

  for (const leaf of [ofLeft, ofRight]) await expect(leaf).toResync('partial');
  await writeBytes(all.master, { seed: 2, bytes: 20_000 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(all.master);
  for (const middle of [left, right]) await expect(middle).toHaveStayedInSync();
  expect(await syncCounts(all, grown)).toEqual({ left: { partial: 1 }, right: { partial: 1 } });
});

test('a middle and its replica change places: a partial resync each [N11]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: noPings }));
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  await fill(line.master, { seed: 1, keys: 50 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  const grown = await syncCounts(line);

  await leaf.replicaOf(line.master);
  await expect(leaf).toResync('partial');
  await middle.replicaOf(leaf);
  await expect(middle).toResync('partial');

  await writeBytes(line.master, { seed: 2, bytes: 20_000 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  await expect(leaf).toHaveStayedInSync();
  expect(await syncCounts(line, grown)).toEqual({
    master: { partial: 1 },
    'replica-2': { partial: 1 },
  });
});
