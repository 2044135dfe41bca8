/**
 * The empty-master trap: a master without persistence that restarts on its own comes back empty, and is still the
 * master. Its replicas obey: what they held is gone, everywhere. And what keeps one out of it.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  chain,
  expect,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  saveRdb,
  test,
  writeBytes,
} from '../helpers/suite.ts';

/** Nothing of the master's is on its disk: neither save points nor the RDB of a full resync. */
const nothingOnDisk = { 'repl-diskless-sync': 'yes' };

test('the trap: a master without persistence is killed and restarted, and wipes its replica and the replica below [N24]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: nothingOnDisk }));
  const { keysByDatabase } = await fill(line.master, { seed: 1, keys: 100 });
  for (const replica of line.replicas) {
    await expect(replica).toConvergeWith(line.master);
    expect((await replica.snapshot()).keys).toEqual(keysByDatabase);
  }

  await line.master.kill();
  await line.master.restart({ data: 'kept' });

  for (const replica of line.replicas) {
    await expect(replica).toResync('full', { reason: 'replication-id-mismatch' });
    await expect(replica).toConvergeWith(line.master);
  }
  for (const node of line.nodes) await isEmpty(node);
});

test('the cure: a replica is promoted before the master is back, which then joins as a replica: nothing is lost [N24]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2, { config: nothingOnDisk }));
  const { master } = three;
  const [heir, sibling] = [three.node('replica-1'), three.node('replica-2')];
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  for (const replica of three.replicas) await expect(replica).toConvergeWith(master);

  await master.kill();
  await heir.promote();
  await sibling.replicaOf(heir);
  await expect(sibling).toResync('partial');
  await master.restart({ data: 'kept' });
  await isEmpty(master);
  await master.replicaOf(heir);

  await expect(master).toResync('full', { reason: 'replication-id-mismatch' });
  await writeBytes(heir, { seed: 2, bytes: 1_000, valueBytes: 1_000 });
  for (const node of [master, sibling]) await expect(node).toConvergeWith(heir);
  await expect(sibling).toHaveStayedInSync();
  for (const [database, keys] of keysByDatabase) {
    expect((await master.snapshot()).keys.get(database)).toBeGreaterThanOrEqual(keys);
  }
});

test('the cure: a master that has saved an RDB in time comes back with its data: nothing is lost [N24]', async ({
  deployment,
}) => {
  const config = { ...nothingOnDisk, ...noPings };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  const keepsHistory = can(await master.snapshot(), 'master-keeps-history');
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  await expect(replica).toConvergeWith(master);
  await saveRdb(master);

  await master.kill();
  await master.restart({ data: 'kept' });

  await expect(replica).toResync(keepsHistory ? 'partial' : 'full');
  await expect(replica).toConvergeWith(master);
  for (const node of pair.nodes) expect((await node.snapshot()).keys).toEqual(keysByDatabase);
});

test('the cure: a master with an append-only file comes back with its data, to the last write: nothing is lost [N24]', async ({
  deployment,
}) => {
  deployment.needsServer('aof');
  const masterConfig = { appendonly: 'yes', appendfsync: 'always' };
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: nothingOnDisk, masterConfig }),
  );
  const { master, replica } = pair;
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  await expect(replica).toConvergeWith(master);

  await master.kill();
  await master.restart({ data: 'kept' });

  await expect(replica).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(replica).toConvergeWith(master);
  for (const node of pair.nodes) expect((await node.snapshot()).keys).toEqual(keysByDatabase);
});

test('a replica that is told in time to follow nobody keeps what the empty master would have wiped [N24]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: nothingOnDisk }));
  const { keysByDatabase } = await fill(pair.master, { seed: 1, keys: 100 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.master.kill();
  await pair.replica.promote();
  await pair.master.restart({ data: 'kept' });

  await isEmpty(pair.master);
  expect((await pair.replica.snapshot()).keys).toEqual(keysByDatabase);
});

async function isEmpty(node: Node): Promise<void> {
  expect((await node.snapshot()).keys, node.name).toEqual(new Map());
}
