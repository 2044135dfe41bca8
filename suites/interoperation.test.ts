/**
 * What two servers must agree on to replicate from each other, whoever wrote them: the RDB of every type, the stream,
 * the count of bytes, and whose history goes on. Written for mixes of servers; holds for any one with itself.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  chain,
  cut,
  expect,
  fill,
  load,
  masterWithReplicas,
  noPings,
  test,
  writeBytes,
} from '../helpers/suite.ts';

/** Of the dataset that has every type in every encoding: more than the backlog holds. */
const KEYS = 200;
const BACKLOG_BYTES = 16_384;

test('data of every type and encoding crosses in a full resync, down and on to the next', async ({
  deployment,
}) => {
  await using line = await deployment.start(
    chain(2, { masterConfig: { 'repl-backlog-size': BACKLOG_BYTES } }),
  );
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  const outage = await middle.link.apply(cut());
  await fill(line.master, { seed: 1, keys: KEYS });
  await outage.heal();

  await expect(middle).toResync('full', { reason: 'lack-of-backlog' });
  await expect(middle).toConvergeWith(line.master);
  // What an old middle cannot hold it cannot pass on.
  await expect(leaf).toConvergeWith(middle);
});

test('writes of every kind cross in the stream, and all count the same bytes', async ({
  deployment,
}) => {
  const hasDigest = can(deployment.target, 'enable-debug-command');
  const config = hasDigest ? { 'enable-debug-command': 'yes' } : {};
  await using line = await deployment.start(chain(2, { config }));
  await using writes = await load(line.master, { seed: 2, ratePerSecond: 500, floor: 500 });
  await writes.goesOn(500);
  await writes.stop();

  for (const replica of line.replicas) {
    await expect(replica).toConvergeWith(line.master);
    await expect(replica).toHaveStayedInSync();
  }
  if (hasDigest) {
    const [digest, ...others] = await Promise.all(
      line.nodes.map((node) => node.call('DEBUG', 'DIGEST')),
    );
    expect(others).toEqual([digest, digest]);
  }
});

test('a cut under load is resumed from either side', async ({ deployment }) => {
  await using line = await deployment.start(chain(2));
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  for (const replica of [middle, leaf]) {
    await using writes = await load(line.master, { seed: 3, ratePerSecond: 200, floor: 20 });
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
  // Who has a PING more than the heir cannot be continued by it.
  await using three = await deployment.start(masterWithReplicas(2, { config: noPings }));
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
