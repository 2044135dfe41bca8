/** Full resyncs that fail on the replica's side: what it holds then, and that it gets there in the end. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  corrupt,
  dirChangeable,
  expect,
  limitData,
  type Node,
  type NodeSpec,
  noPings,
  test,
  topology,
  transferBytes,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const nothing = new Map();
const ownData = new Map([[0, 1]]);

test('a replica that is empty and loads as it receives: a transfer that breaks off leaves it empty [F13]', async ({
  deployment,
}) => {
  await using both = await deployment.start(pair({ 'repl-diskless-load': 'on-empty-db' }));
  const newcomer = both.node('newcomer');
  await writeBytes(both.master, { seed: 1, bytes: 20_000, valueBytes: 2_000 });

  await using fault = await endsInside(newcomer, both.master);
  await refusesOne(newcomer, both.master);

  expect(await keysOnceLoaded(newcomer)).toEqual(nothing);
  await fault.heal();
  await attached(newcomer, both.master);
});

test('a replica that flushes before it loads: a transfer that breaks off leaves it empty [F13]', async ({
  deployment,
}) => {
  deployment.needsServer('flush-before-load');
  await using both = await deployment.start(pair({ 'repl-diskless-load': 'flush-before-load' }));
  const newcomer = both.node('newcomer');
  await newcomer.call('SET', 'own', '1');
  await writeBytes(both.master, { seed: 1, bytes: 20_000, valueBytes: 2_000 });

  await using fault = await endsInside(newcomer, both.master);
  await refusesOne(newcomer, both.master);

  expect(await keysOnceLoaded(newcomer)).toEqual(nothing);
  await fault.heal();
  await attached(newcomer, both.master);
});

test.for(['disabled', 'swapdb'])(
  'an RDB with a bad header is refused, again and again: old data stays where it is flushed later than that (repl-diskless-load %s) [F13]',
  async (load, { deployment }) => {
    await deployment.needs('corrupt');
    await using both = await deployment.start(pair({ 'repl-diskless-load': load }));
    const newcomer = both.node('newcomer');
    await newcomer.call('SET', 'own', '1');
    await writeBytes(both.master, { seed: 1, bytes: 20_000 });
    const { rdbFrom } = await transferBytes(both.master, newcomer);
    const link = await both.link(newcomer, both.master);

    await using fault = await link.apply(corrupt('downstream', { offset: rdbFrom + 2 }));
    await refusesOne(newcomer, both.master);

    const isKept = load === 'swapdb' || can(await newcomer.snapshot(), 'flush-after-header');
    expect(await keysOnceLoaded(newcomer)).toEqual(isKept ? ownData : nothing);
    await fault.heal();
    await attached(newcomer, both.master);
  },
);

test('an RDB that cannot be moved into its place is refused, until it can: old data stays where it is flushed later than that [F14]', async ({
  deployment,
}) => {
  await using both = await deployment.start(pair(dirChangeable(deployment.target)));
  const newcomer = both.node('newcomer');
  await newcomer.call('SET', 'own', '1');
  await writeBytes(both.master, { seed: 1, bytes: 20_000 });

  // Its own folder: nothing can take that name.
  await newcomer.call('CONFIG', 'SET', 'dbfilename', '.');
  await refusesOne(newcomer, both.master);

  const isKept = can(await newcomer.snapshot(), 'flush-after-rename');
  expect(await keysOnceLoaded(newcomer)).toEqual(isKept ? ownData : nothing);
  expect((await newcomer.snapshot()).upstream?.link).toBe('down');
  await newcomer.call('CONFIG', 'SET', 'dbfilename', 'dump.rdb');
  await attached(newcomer, both.master);
});

function pair(config: NodeSpec['config'] = {}) {
  return topology([
    { name: 'master', config: noPings },
    { name: 'newcomer', config },
  ]);
}

/** Ends the link behind nine tenths of the RDB. */
async function endsInside(newcomer: Node, master: Node) {
  const { rdbFrom, rdbTo } = await transferBytes(master, newcomer);
  const bytes = Math.trunc(rdbFrom + 0.9 * (rdbTo - rdbFrom));
  const link = await newcomer.deployment.link(newcomer, master);
  return await link.apply(limitData('downstream', { bytes }));
}

/** Has a newcomer follow the master until it has been sent two RDBs: the first one it has refused. */
async function refusesOne(newcomer: Node, master: Node): Promise<void> {
  const { deployment } = newcomer;
  await newcomer.replicaOf(master);
  await until(
    () => deployment.unjudgedResyncsOf(newcomer).length,
    (resyncs) => resyncs >= 2,
    { what: `${newcomer.name} to refuse the RDB and ask for another`, withinMs: 15_000 },
  );
}

async function attached(newcomer: Node, master: Node): Promise<void> {
  await expect(newcomer).toConvergeWith(master);
  await expect(newcomer).toResync('full', { times: 'any' });
}

/** Its keys at a moment at which it loads no RDB. */
async function keysOnceLoaded(node: Node): Promise<ReadonlyMap<number, number>> {
  const { keys } = await until(
    () => node.snapshot(),
    ({ loading }) => !loading,
    { what: `${node.name} to load nothing`, withinMs: 15_000 },
  );
  return keys;
}
