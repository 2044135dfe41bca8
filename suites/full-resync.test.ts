import { can } from '../helpers/deployment/capabilities.ts';
import {
  apart,
  bandwidth,
  cut,
  expect,
  fill,
  linkSeenDown,
  load,
  masterWithReplicas,
  premise,
  test,
  transfers,
  twoChannelsDirective,
  writeBytes,
} from '../helpers/suite.ts';

test('a new replica attaches by one full resync and holds the data [H2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));

  expect(pair.resyncsOf(pair.replica)).toMatchObject([{ kind: 'full', reason: 'no-history' }]);

  await fill(pair.master, { seed: 1, keys: 300 });
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a server with data of its own gives it up for the master’s', async ({ deployment }) => {
  await using both = await deployment.start(apart(['stranger']));
  const stranger = both.node('stranger');
  await fill(both.master, { seed: 1, keys: 200 });
  await fill(stranger, { seed: 2, keys: 200 });
  await expect(expect(stranger).toHoldSameData(both.master)).rejects.toThrow('does not hold');

  await stranger.replicaOf(both.master);

  await expect(stranger).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(stranger).toConvergeWith(both.master);
});

test.for([
  { diskless: 'no', mode: 'disabled', onTwo: 'no', rdb: 'from disk to disk' },
  { diskless: 'no', mode: 'swapdb', onTwo: 'no', rdb: 'from disk to memory' },
  { diskless: 'yes', mode: 'disabled', onTwo: 'no', rdb: 'from memory to disk' },
  { diskless: 'yes', mode: 'swapdb', onTwo: 'no', rdb: 'from memory to memory' },
  { diskless: 'yes', mode: 'disabled', onTwo: 'yes', rdb: 'over two connections, to disk' },
  { diskless: 'yes', mode: 'swapdb', onTwo: 'yes', rdb: 'over two connections, to memory' },
])(
  'three replicas that attach at once under five writers miss nothing, $rdb [F1]',
  async ({ diskless, mode, onTwo }, { deployment }) => {
    if (onTwo === 'yes') deployment.needsServer('two-channels');
    const canTwo = can(deployment.target, 'two-channels');
    const config = {
      'repl-diskless-sync': diskless,
      'repl-diskless-load': mode,
      ...(canTwo && { [twoChannelsDirective(deployment.target)]: onTwo }),
    };
    await using all = await deployment.start(apart(['one', 'two', 'three'], config));
    const newcomers = ['one', 'two', 'three'].map((name) => all.node(name));
    await fill(all.master, { seed: 1, keys: 1_000 });
    const writers = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => load(all.master, { seed, ratePerSecond: 100, floor: 30 })),
    );

    await Promise.all(newcomers.map((newcomer) => newcomer.replicaOf(all.master)));

    for (const newcomer of newcomers) await expect(newcomer).toResync('full');
    for (const writer of writers) await writer.goesOn(30);
    for (const writer of writers) await writer.stop();
    for (const newcomer of newcomers) {
      await expect(newcomer).toConvergeWith(all.master);
      expect(all.resyncsOf(newcomer)).toMatchObject([{ connections: onTwo === 'yes' ? 2 : 1 }]);
    }
    // Valkey counts the stream’s connection, which goes on from where the RDB was made.
    const partialOk = onTwo === 'yes' && can(deployment.target, 'dual-channel') ? 3 : 0;
    expect((await all.master.snapshot()).counters).toMatchObject({ full: 3, partialOk });
    expect((await transfers(all.master)).waitingForStream).toBe(0);
  },
);

test('a transfer cut in the middle of the RDB is retried from the start [N3]', async ({
  deployment,
}) => {
  await using both = await deployment.start(apart(['newcomer']));
  const newcomer = both.node('newcomer');
  await writeBytes(both.master, { seed: 1, bytes: 4_000_000, valueBytes: 250_000 });
  const link = await both.link(newcomer, both.master);

  const slow = await link.apply(bandwidth('downstream', { kilobytesPerSecond: 400 }));
  await newcomer.replicaOf(both.master);
  await newcomer.logged(/REPLICA sync: receiving/);
  const { upstream } = await newcomer.snapshot();
  await premise('cut too late', () =>
    expect(upstream).toMatchObject({ syncInProgress: true, link: 'down' }),
  );
  const outage = await link.apply(cut(), { unproven: true });
  await linkSeenDown(newcomer, { verdict: 'inconclusive' });
  await slow.remove();
  await outage.heal();

  await expect(newcomer).toResync('full', { times: 2 });
  await expect(newcomer).toConvergeWith(both.master);
});
