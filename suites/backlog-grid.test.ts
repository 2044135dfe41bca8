import {
  cut,
  decidePsync,
  expect,
  load,
  masterWithReplicas,
  noPings,
  test,
  topology,
  until,
  withoutReplicas,
  writeBytes,
} from '../helpers/suite.ts';

/** Writers in three databases, none of which is the first. */
const writers = { seed: 1, ratePerSecond: 1_000, databases: [9, 11, 12] };

test('breaks under writers in several databases, a backlog for all of them: each is made up by a partial resync [P1]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { 'repl-backlog-size': '100mb' } }),
  );
  await using writes = await load(pair.master, { ...writers, floor: 300 });

  for (let breaks = 1; breaks <= 3; breaks += 1) {
    const outage = await pair.replica.link.apply(cut());
    await writes.goesOn(100);
    await outage.heal();
    await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
  }

  await writes.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
});

test.for([
  { diskless: 'no', mode: 'disabled', rdb: 'from disk to disk' },
  { diskless: 'no', mode: 'swapdb', rdb: 'from disk to memory' },
  { diskless: 'yes', mode: 'disabled', rdb: 'from memory to disk' },
  { diskless: 'yes', mode: 'swapdb', rdb: 'from memory to memory' },
])(
  'a break under writers until the backlog is overrun ends in a full resync, $rdb [P1]',
  async ({ diskless, mode }, { deployment }) => {
    const config = {
      'repl-backlog-size': 16_384,
      'repl-diskless-sync': diskless,
      'repl-diskless-load': mode,
    };
    await using pair = await deployment.start(masterWithReplicas(1, { config }));
    await using writes = await load(pair.master, { ...writers, floor: 100 });
    await writes.goesOn(100);

    const outage = await pair.replica.link.apply(cut());
    const { offset } = await pair.replica.snapshot();
    await until(
      () => pair.master.snapshot(),
      ({ backlog }) => backlog.firstByteOffset > offset + 1,
      { what: 'the writers to overrun the backlog', withinMs: 30_000, verdict: 'inconclusive' },
    );
    await outage.heal();

    await expect(pair.replica).toResync('full', { reason: 'lack-of-backlog' });
    await writes.goesOn(100);
    await writes.stop();
    await expect(pair.replica).toConvergeWith(pair.master);
    await expect(pair.replica).toHaveStayedInSync();
  },
);

test('a break longer than repl-backlog-ttl: the history has ended with its backlog, however large that was [P1]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { 'repl-backlog-size': '100mb', 'repl-backlog-ttl': 1 } }),
  );
  await using writes = await load(pair.master, { ...writers, floor: 100 });
  await writes.goesOn(100);

  const outage = await pair.replica.link.apply(cut());
  await until(
    async () => (await pair.master.snapshot()).backlog.active,
    (active) => !active,
    { what: 'the master to free its backlog', withinMs: 15_000 },
  );
  await writes.goesOn(100);
  await outage.heal();

  await expect(pair.replica).toResync('full', { reason: 'replication-id-mismatch' });
  await writes.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
});

/** All that a node is told of time: its last replica has been gone for longer than a second. */
const ONE_SECOND = { ttlSeconds: 1, goneSeconds: 2 };

test('without replicas for longer than repl-backlog-ttl, a master has another history and no backlog; a replica keeps its own, and with a ttl of 0 so does a master [P1]', async ({
  deployment,
}) => {
  const config = { ...noPings, 'repl-backlog-ttl': ONE_SECOND.ttlSeconds };
  const forEver = { ...noPings, 'repl-backlog-ttl': 0 };
  await using all = await deployment.start(
    topology([
      { name: 'master', config },
      { name: 'middle', replicaOf: 'master', config },
      { name: 'leaf', replicaOf: 'middle', config },
      { name: 'other', config: forEver },
      { name: 'replica', replicaOf: 'other', config: forEver },
    ]),
  );
  const [middle, leaf, other] = [all.node('middle'), all.node('leaf'), all.node('other')];
  const replica = all.node('replica');
  await writeBytes(all.master, { seed: 1, bytes: 10_000 });
  await writeBytes(other, { seed: 1, bytes: 10_000 });
  for (const node of [middle, leaf]) await expect(node).toConvergeWith(all.master);
  await expect(replica).toConvergeWith(other);
  const [ofMaster, ofMiddle, ofOther] = [
    await all.master.snapshot(),
    await middle.snapshot(),
    await other.snapshot(),
  ];
  const without = withoutReplicas(ofMaster, 'master', ONE_SECOND);

  // The master is the last to be left.
  const outages = [];
  for (const { link } of [replica, leaf, middle]) outages.push(await link.apply(cut()));
  await expect(all.master).toHaveBecome(without, ofMaster);
  await expect(middle).toHaveBecome(withoutReplicas(ofMiddle, 'replica', ONE_SECOND), ofMiddle);
  const kept = withoutReplicas(ofOther, 'master', { ...ONE_SECOND, ttlSeconds: 0 });
  await expect(other).toHaveBecome(kept, ofOther);
  for (const outage of outages) await outage.heal();

  const asked = { replid: ofMaster.replid, from: ofMaster.offset + 1 };
  const { kind, reason } = decidePsync(without, asked);
  await expect(middle).toResync(kind, { reason });
  await expect(replica).toResync('partial');
  for (const node of [middle, leaf]) await expect(node).toConvergeWith(all.master);
});
