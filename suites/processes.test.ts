import { can } from '../helpers/deployment/capabilities.ts';
import {
  cut,
  expect,
  filesWritten,
  fill,
  masterWithReplicas,
  saving,
  test,
  topology,
  writeBytes,
} from '../helpers/suite.ts';

/** So long a key takes to save: the whole file longer than a test. */
const KEY_SAVE_DELAY_MICROS = 500_000;

test('a replica stopped cleanly and restarted with its data resumes by a partial resync [P3]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { replicaConfig: saving }));
  await fill(pair.master, { seed: 1, keys: 100 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.replica.stop();
  await writeBytes(pair.master, { seed: 2, bytes: 20_000 });
  await pair.replica.restart({ data: 'kept' });

  await expect(pair.replica).toResync('partial');
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a replica restarted with its data lost makes a full resync [N24]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1, { replicaConfig: saving }));
  await fill(pair.master, { seed: 1, keys: 100 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.replica.stop();
  await pair.replica.restart({ data: 'lost' });

  await expect(pair.replica).toResync('full', { reason: 'no-history' });
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a replica killed without persistence of its own resumes from the RDB of its last full sync [N24]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const { offset: ofFullSync } = await pair.replica.snapshot();
  await writeBytes(pair.master, { seed: 1, bytes: 50_000 });
  await expect(pair.replica).toConvergeWith(pair.master);
  const { offset } = await pair.master.snapshot();

  await pair.replica.kill();
  await pair.replica.restart({ data: 'kept' });

  await expect(pair.replica).toResync('partial');
  const sent = pair.resyncsOf(pair.replica).at(-1)?.backlogBytes;
  expect(sent).toBeGreaterThanOrEqual(offset - ofFullSync);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a replica with an append-only file has its data when it is back, and no history: a full resync [N24]', async ({
  deployment,
}) => {
  deployment.needsServer('aof');
  const replicaConfig = { appendonly: 'yes', appendfsync: 'always' };
  await using pair = await deployment.start(masterWithReplicas(1, { replicaConfig }));
  const { keysByDatabase } = await fill(pair.master, { seed: 1, keys: 100 });
  await expect(pair.replica).toConvergeWith(pair.master);
  await filesWritten(pair.replica);

  const outage = await pair.replica.link.apply(cut());
  await pair.replica.kill();
  await pair.replica.restart({ data: 'kept' });
  await pair.replica.logged(/^Ready to accept connections/);
  expect((await pair.replica.snapshot()).keys).toEqual(keysByDatabase);
  await outage.heal();

  await expect(pair.replica).toResync('full', { reason: 'no-history' });
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('after a full resync a replica writes its append-only file anew: killed before that is done, it has the data of before, unless the RDB it received will do [N24]', async ({
  deployment,
}) => {
  deployment.needsServer('aof');
  const config = { appendonly: 'yes', appendfsync: 'always' };
  await using pair = await deployment.start(
    topology([{ name: 'master' }, { name: 'replica', config }]),
  );
  const [master, replica] = [pair.master, pair.node('replica')];
  await replica.call('SET', 'before', '1');
  await fill(master, { seed: 1, keys: 100 });
  await replica.call('CONFIG', 'SET', 'rdb-key-save-delay', KEY_SAVE_DELAY_MICROS);
  await replica.replicaOf(master);
  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(master);

  await replica.kill();
  await replica.restart({ data: 'kept' });

  await replica.logged(/^Ready to accept connections/);
  const before = can(await replica.snapshot(), 'received-rdb-is-aof-base') ? 0 : 1;
  expect(await replica.call('EXISTS', 'before')).toBe(before);
});

test('a replica paused for a moment only lags: nobody resyncs [P5]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.replica.pause();
  await writeBytes(pair.master, { seed: 1, bytes: 100_000 });
  await expect(pair.replica.snapshot()).rejects.toThrow('timed out');
  await pair.replica.resume();

  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});

test('a replica frozen through an outage finds out when it wakes, and resumes [P5]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await pair.replica.pause();
  const outage = await pair.replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 1, bytes: 50_000 });
  await outage.heal();
  await pair.replica.resume();

  await expect(pair.replica).toResync('partial');
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a paused node can be killed, and a killed one is started but once', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await pair.replica.pause();
  await pair.replica.kill();
  await pair.replica.restart({ data: 'lost' });
  await expect(pair.replica).toResync('full');

  await expect(pair.replica.restart({ data: 'kept' })).rejects.toThrow(
    'misuse: replica-1 is running: stop or kill it before a restart',
  );
});
