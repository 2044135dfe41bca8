/**
 * Data that Sentinels do not save. In production: give a master persistence, or have nobody start it again sooner than
 * down-after-milliseconds after its death, as it would come back empty and wipe its replicas before a Sentinel stirs. Leave
 * replica-read-only at yes on every node, as each master is a replica one day.
 */
import {
  allAgree,
  calm,
  cut,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  refuses,
  sentinels,
  test,
  toldOf,
  until,
  writeBytes,
} from '../../helpers/suite.ts';

/** Longer than a restart takes. */
const ABOVE_MS = 20_000;
const READONLY = "READONLY You can't write against a read only replica.";
/** Nothing of the master's is on its disk: neither save points nor the RDB of a full resync. */
const nothingOnDisk = { 'repl-diskless-sync': 'yes' };

test('a master without persistence that is back before it counts as down is empty, stays the master, and wipes its replicas [N20]', async ({
  deployment,
}) => {
  const watched = masterWithReplicas(1, { config: nothingOnDisk });
  await using all = await deployment.start(sentinels(3, watched, { downAfterMs: ABOVE_MS }));
  const { master, replica } = all;
  await fill(master, { seed: 1, keys: 100 });
  await expect(replica).toConvergeWith(master);

  await master.kill();
  await master.restart({ data: 'kept' });

  await expect(replica).toResync('full', { reason: 'replication-id-mismatch' });
  for (const node of all.nodes) await isEmpty(node);
  await allAgree(all, { master: 'master' });
  expect(toldOf(all, '+odown')).toEqual([]);
});

test('the same master with an append-only file is back in time with all that it had, and so are its replicas [N20]', async ({
  deployment,
}) => {
  deployment.needsServer('aof');
  const keeps = { ...nothingOnDisk, appendonly: 'yes', appendfsync: 'always' };
  const watched = masterWithReplicas(1, { config: nothingOnDisk, masterConfig: keeps });
  await using all = await deployment.start(sentinels(3, watched, { downAfterMs: ABOVE_MS }));
  const { master, replica } = all;
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  await expect(replica).toConvergeWith(master);

  await master.kill();
  await master.restart({ data: 'kept' });

  await expect(replica).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(replica).toConvergeWith(master);
  for (const node of all.nodes) expect((await node.snapshot()).keys).toEqual(keysByDatabase);
  await allAgree(all, { master: 'master' });
  expect(toldOf(all, '+odown')).toEqual([]);
});

test('the same master without it, back only when it has counted as down: the replica’s data is the data, and nothing is lost [N20]', async ({
  deployment,
}) => {
  const watched = masterWithReplicas(1, { config: nothingOnDisk });
  await using all = await deployment.start(sentinels(3, watched, calm));
  const { master, replica } = all;
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  await expect(replica).toConvergeWith(master);

  await master.kill();
  expect(await failedOver(all, master)).toBe(replica);
  await master.restart({ data: 'kept' });

  await isEmpty(master);
  await expect(master).toResync('full', { withinMs: DEMOTED_WITHIN_MS });
  await expect(master).toConvergeWith(replica);
  for (const node of all.nodes) expect((await node.snapshot()).keys).toEqual(keysByDatabase);
});

test('an old master with replica-read-only no accepts writes that nobody else gets, until a full resync takes them; with yes it refuses [N20]', async ({
  deployment,
}) => {
  const config = { ...noPings, 'repl-backlog-size': 65_536 };
  const masterConfig = { 'replica-read-only': 'no' };
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(1, { config, masterConfig }), calm),
  );
  const { master, replica } = all;
  await master.kill();
  expect(await failedOver(all, master)).toBe(replica);
  await master.restart({ data: 'kept' });
  await expect(master).toResync('full', { withinMs: DEMOTED_WITHIN_MS });

  expect(await master.call('SET', 'astray', '1')).toBe('OK');
  await caughtUp(master, replica);
  expect(await master.call('GET', 'astray')).toBe('1');
  expect(await replica.call('GET', 'astray')).toBeNull();
  await allAgree(all, { master: replica.name });

  const outage = await (await all.link(master, replica)).apply(cut());
  await writeBytes(replica, { seed: 1, bytes: 200_000 });
  await outage.heal();
  await expect(master).toResync('full');
  await expect(master).toConvergeWith(replica);
  expect(await master.call('GET', 'astray')).toBeNull();

  await master.call('CONFIG', 'SET', 'replica-read-only', 'yes');
  await refuses(master, ['SET', 'astray', '2'], READONLY);
});

/** Waits until a replica is at the offset of its master, whatever it holds. */
async function caughtUp(replica: Node, master: Node): Promise<void> {
  const { offset } = await master.snapshot();
  await until(
    () => replica.snapshot(),
    (seen) => seen.upstream?.link === 'up' && seen.offset >= offset,
    { what: `${replica.name} to be at byte ${offset}`, withinMs: 15_000 },
  );
}

async function isEmpty(node: Node): Promise<void> {
  expect((await node.snapshot()).keys, node.name).toEqual(new Map());
}
