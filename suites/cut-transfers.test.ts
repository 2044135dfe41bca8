/** Full resyncs whose link ends behind a certain byte: what is not there whole is not loaded. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  apart,
  type Deployment,
  expect,
  fill,
  limitData,
  type Node,
  noPings,
  promoted,
  seeded,
  test,
  transferBytes,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** Room for what a master says while it makes an RDB. Less than any command has. */
const NEWLINES = 5;
const NEWCOMERS = ['one', 'two', 'three', 'four'] as const;

test.for(['yes', 'no'])(
  'links that end inside the RDB: it is refused, up to its last byte (repl-diskless-sync %s) [N3]',
  async (diskless, { deployment }) => {
    await using all = await deployment.start(
      apart(NEWCOMERS, { ...noPings, 'repl-diskless-sync': diskless }),
    );
    const { master } = all;
    const newcomers = NEWCOMERS.map((name) => all.node(name));
    for (const newcomer of newcomers) await newcomer.call('SET', 'own', '1');
    await writeBytes(master, { seed: 1, bytes: 20_000 });
    const { rdbFrom, rdbTo, end } = await transferBytes(master, all.node('one'));

    // In its header, in its middle, in its checksum, and before the last byte, which can be that of the mark behind it.
    const places = [rdbFrom + 1, (rdbFrom + rdbTo) / 2, rdbTo - 4, end - 1];
    const faults = [];
    for (const [index, newcomer] of newcomers.entries()) {
      const bytes = Math.trunc(places[index] as number);
      const link = await all.link(newcomer, master);
      faults.push(await link.apply(limitData('downstream', { bytes })));
    }
    await Promise.all(newcomers.map((newcomer) => followsInVain(newcomer, master)));

    for (const newcomer of newcomers) {
      expect(await newcomer.call('GET', 'own')).toBe('1');
      expect((await newcomer.snapshot()).keys).toEqual(new Map([[0, 1]]));
    }
    for (const fault of faults) await fault.heal();
    for (const newcomer of newcomers) await attached(all, newcomer);
  },
);

test.for(['yes', 'no'])(
  'a link that ends in the first bytes behind the RDB: it is loaded, and the stream goes on (repl-diskless-sync %s) [N3]',
  async (diskless, { deployment }) => {
    await using all = await deployment.start(
      apart(['one'], { ...noPings, 'repl-diskless-sync': diskless }),
    );
    const { master } = all;
    const newcomer = all.node('one');
    await writeBytes(master, { seed: 1, bytes: 20_000 });
    const { end } = await transferBytes(master, newcomer);
    const link = await all.link(newcomer, master);

    await using _fault = await link.apply(limitData('downstream', { bytes: end + NEWLINES }));
    await newcomer.replicaOf(master);
    await expect(newcomer).toConvergeWith(master);
    await master.call('SET', 'later', '1');

    await expect(newcomer).toConvergeWith(master);
    await all.logsComplete();
    const kinds = all.unjudgedResyncsOf(newcomer).map(({ kind }) => kind);
    // Where the RDB comes on a connection of its own, the stream's is not cut.
    const hasOwnConnection = diskless === 'yes' && can(deployment.target, 'rdb-channel');
    expect(kinds).toEqual(hasOwnConnection ? ['full'] : ['full', 'partial']);
  },
);

const ROUNDS = 3;

test.for(['disabled', 'swapdb'])(
  'links that end at random bytes of an RDB of every type: old data whole, or new data whole (repl-diskless-load %s) [F5]',
  async (load, { deployment }) => {
    await using all = await deployment.start(
      apart([...NEWCOMERS, 'before'], { ...noPings, 'repl-diskless-load': load }),
    );
    const { master } = all;
    const newcomers = NEWCOMERS.map((name) => all.node(name));
    const before = all.node('before');
    for (const node of [...newcomers, before]) await fill(node, { seed: 1, keys: 80 });
    await fill(master, { seed: 2, keys: 100 });
    const { rdbFrom, rdbTo } = await transferBytes(master, before);
    const random = seeded(1).fork('places');

    for (let round = 0; round < ROUNDS; round += 1) {
      const faults = await Promise.all(
        newcomers.map(async (newcomer) => {
          const bytes = random.integer(rdbFrom + 1, rdbTo - 1);
          const link = await all.link(newcomer, master);
          const fault = await link.apply(limitData('downstream', { bytes }), { unproven: true });
          await followsInVain(newcomer, master);
          await promoted(newcomer);
          return fault;
        }),
      );
      // A toxic that is removed while its connection ends with bytes under way makes Toxiproxy hang.
      await until(
        async () => (await master.snapshot()).replicas,
        ({ length }) => length === 0,
        { what: `${master.name} to have no replica`, withinMs: 15_000 },
      );
      for (const fault of faults) await fault.heal();
      for (const newcomer of newcomers) await expect(newcomer).toHoldSameData(before);
    }

    for (const newcomer of newcomers) await newcomer.replicaOf(master);
    for (const newcomer of newcomers) await attached(all, newcomer);
  },
);

/** Has a newcomer follow the master until it begins to connect anew: what it was sent before it has refused. */
async function followsInVain(newcomer: Node, master: Node): Promise<void> {
  const attempts = newcomer.attemptsToConnect().length;
  await newcomer.replicaOf(master);
  await until(
    () => newcomer.attemptsToConnect().length,
    (now) => now >= attempts + 2,
    { what: `${newcomer.name} to refuse the RDB and ask for another`, withinMs: 15_000 },
  );
}

async function attached(all: Deployment, newcomer: Node): Promise<void> {
  await expect(newcomer).toConvergeWith(all.master);
  await expect(newcomer).toResync('full', { times: 'any' });
}
