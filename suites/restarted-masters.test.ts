/**
 * What a master that restarts knows of its history: with its RDB, its old history is its second one and replicas
 * continue, if they are no further than the RDB. With an append-only file it has its data and no history.
 */
import { can, type Versioned } from '../helpers/deployment/capabilities.ts';
import {
  chain,
  cut,
  decidePsync,
  expect,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  PING_BYTES,
  restarted,
  saved,
  saveRdb,
  saving,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test.for([
  { scenario: 'P8', keys: 0 },
  { scenario: 'P9', keys: 1_000 },
])(
  'a master stopped with $keys keys and restarted from its RDB: its old history is its second one, replicas lack nothing and continue [$scenario]',
  async ({ keys }, { deployment }) => {
    await using line = await deployment.start(chain(2, { config: noPings, masterConfig: saving }));
    const { master } = line;
    await fill(master, { seed: 1, keys });
    for (const replica of line.replicas) await expect(replica).toConvergeWith(master);
    await allAcknowledged(master);
    const before = await master.snapshot();
    if (keys > 0) expect(before.offset).toBeGreaterThan(keys);
    // Valkey 9.1 begins with a PING, whatever the period.
    else expect(before.offset).toBeLessThanOrEqual(PING_BYTES);
    const predicted = restarted(saved(before), 'master', fromRdb(before));
    const asked = { replid: before.replid, from: before.offset + 1 };

    await master.stop();
    const outage = await line.replica.link.apply(cut(), { unproven: true });
    await master.restart({ data: 'kept' });

    const after = await loaded(master);
    expect(after.keys).toEqual(before.keys);
    await expect(master).toHaveBecome(predicted, before);
    await outage.heal();
    const decision = decidePsync(predicted, asked);
    for (const replica of line.replicas) {
      await expect(replica).toResync(decision.kind);
      expect(line.resyncsOf(replica).at(-1)).toMatchObject(decision);
    }
    await writeBytes(master, { seed: 2, bytes: 10_000 });
    for (const replica of line.replicas) await expect(replica).toConvergeWith(master);
  },
);

test('a killed master goes back to its last RDB and takes the replica along that was further; one that was not continues [P8] [N24]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2, { config: noPings }));
  const { master } = three;
  const [further, atSave] = [three.node('replica-1'), three.node('replica-2')];
  await fill(master, { seed: 1, keys: 100 });
  for (const replica of three.replicas) await expect(replica).toConvergeWith(master);
  await saveRdb(master);
  const rdb = await master.snapshot();
  const predicted = restarted(saved(rdb), 'master', fromRdb(rdb));
  const outage = await atSave.link.apply(cut());
  await master.call('SET', 'after the save', '1');
  await expect(further).toConvergeWith(master);
  expect(await further.call('EXISTS', 'after the save')).toBe(1);

  await master.kill();
  await master.restart({ data: 'kept' });

  const asked = { replid: rdb.replid, from: rdb.offset + 1 };
  const { reason } = decidePsync(predicted, { ...asked, from: asked.from + 1 });
  await expect(further).toResync('full', { reason });
  await outage.heal();
  await expect(atSave).toResync(decidePsync(predicted, asked).kind);
  for (const replica of three.replicas) await expect(replica).toConvergeWith(master);
  for (const node of three.nodes) expect(await node.call('EXISTS', 'after the save')).toBe(0);
});

test('with an append-only file a master keeps its data over a restart, and not its history, RDB or no RDB: full resync [N24]', async ({
  deployment,
}) => {
  deployment.needsServer('aof');
  const masterConfig = { ...saving, appendonly: 'yes' };
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, masterConfig }),
  );
  const { master, replica } = pair;
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 200 });
  await expect(replica).toConvergeWith(master);
  const before = await master.snapshot();
  const predicted = restarted(saved(before), 'master', { ...fromRdb(before), loads: 'aof' });

  await master.stop();
  const outage = await replica.link.apply(cut(), { unproven: true });
  await master.restart({ data: 'kept' });

  const after = await loaded(master);
  expect(after.keys).toEqual(keysByDatabase);
  expect(after.replid2, 'a second history').toBeUndefined();
  await outage.heal();
  const asked = { replid: before.replid, from: before.offset + 1 };
  const { kind, reason } = decidePsync(predicted, asked);
  await expect(replica).toResync(kind, { reason });
  await expect(replica).toConvergeWith(master);
  expect((await replica.snapshot()).keys).toEqual(keysByDatabase);
});

/** What a version makes of its own RDB. */
function fromRdb(version: Versioned) {
  return { loads: 'rdb', masterKeepsHistory: can(version, 'master-keeps-history') } as const;
}

/** A master that stops lets replicas say how far they are; who has said it already is not asked, which costs bytes. */
async function allAcknowledged(master: Node): Promise<void> {
  await until(
    () => master.snapshot(),
    ({ offset, replicas }) => replicas.every((replica) => replica.offset === offset),
    { what: `all replicas of ${master.name} to acknowledge its offset`, withinMs: 10_000 },
  );
}

/** The state of a node that has just started, once its data is there. */
function loaded(node: Node) {
  return until(
    () => node.snapshot(),
    ({ loading }) => !loading,
    { what: `${node.name} to have loaded its data`, withinMs: 10_000 },
  );
}
