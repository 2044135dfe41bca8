/**
 * What two servers must agree on to replicate from each other, whoever wrote them: the RDB of every type, the stream,
 * the count of bytes, and whose history goes on. Written for mixes of servers; holds for any one with itself.
 */
import {
  chain,
  cut,
  expect,
  fill,
  load,
  masterWithReplicas,
  test,
  topology,
  writeBytes,
} from '../helpers/suite.ts';

/** Of the dataset that has every type in every encoding. */
const KEYS = 200;

test('data of every type and encoding crosses in a full resync, down and on to the next', async ({
  deployment,
}) => {
  await using line = await deployment.start(
    topology([{ name: 'master' }, { name: 'middle' }, { name: 'leaf' }]),
  );
  const [middle, leaf] = [line.node('middle'), line.node('leaf')];
  await fill(line.master, { seed: 1, keys: KEYS });

  await middle.replicaOf(line.master);
  await expect(middle).toResync('full');
  await expect(middle).toConvergeWith(line.master);
  await leaf.replicaOf(middle);
  await expect(leaf).toResync('full');
  await expect(leaf).toConvergeWith(line.master);
});

test('writes of every kind cross in the stream, and all count the same bytes', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2));
  await using writes = await load(line.master, { seed: 2, ratePerSecond: 500, floor: 500 });
  await writes.goesOn(500);
  await writes.stop();

  for (const replica of line.replicas) {
    await expect(replica).toConvergeWith(line.master);
    await expect(replica).toHaveStayedInSync();
  }
});

test('a cut under load is resumed from either side', async ({ deployment }) => {
  await using line = await deployment.start(chain(2));
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  for (const replica of [middle, leaf]) {
    await using writes = await load(line.master, { seed: 3, ratePerSecond: 200, floor: 40 });
    const outage = await replica.link.apply(cut());
    await writes.goesOn(20);
    await outage.heal();
    await expect(replica).toResync('partial');
    await writes.stop();
    await expect(replica).toConvergeWith(line.master);
  }
});

test('a promoted replica’s history goes on: its sibling and its old master continue with it', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2));
  const [heir, sibling] = [three.node('replica-1'), three.node('replica-2')];
  await writeBytes(three.master, { seed: 4, bytes: 20_000 });
  for (const replica of [heir, sibling]) await expect(replica).toConvergeWith(three.master);

  await heir.promote();
  for (const node of [sibling, three.master]) {
    await node.replicaOf(heir);
    await expect(node).toResync('partial');
  }

  await fill(heir, { seed: 5, keys: 50 });
  for (const node of [sibling, three.master]) await expect(node).toConvergeWith(heir);
});
