import {
  cut,
  type Deployment,
  expect,
  load,
  masterWithReplicas,
  test,
  until,
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
  const { replid } = await pair.master.snapshot();

  const outage = await pair.replica.link.apply(cut());
  await backlogIsGone(pair);
  await writes.goesOn(100);
  await outage.heal();

  await expect(pair.replica).toResync('full', { reason: 'replication-id-mismatch' });
  expect((await pair.master.snapshot()).replid).not.toBe(replid);
  await writes.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
});

async function backlogIsGone({ master }: Deployment): Promise<void> {
  await until(
    async () => (await master.snapshot()).backlog.active,
    (active) => !active,
    { what: 'the master to free its backlog', withinMs: 15_000 },
  );
}
