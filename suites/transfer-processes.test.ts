import { can } from '../helpers/deployment/capabilities.ts';
import {
  expect,
  fill,
  linkSeenDown,
  longLoad,
  type Node,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** Microseconds for each key of an RDB: it takes seconds, and few bytes. */
const SLOWLY = { 'rdb-key-save-delay': 1_000 };
const KEYS = 8_000;
const SAVED = /^DB saved on disk$/;

const masterAndNewcomer = (diskless: 'yes' | 'no') =>
  topology([
    { name: 'master', config: { 'repl-diskless-sync': diskless, ...SLOWLY } },
    { name: 'newcomer' },
  ]);

const TARGETS = [
  { target: 'disk', diskless: 'no' },
  { target: 'sockets', diskless: 'yes' },
] as const;

test.for(TARGETS)(
  'the child that makes an RDB to $target is killed: the master sees it, and the replica gets another [F7]',
  async ({ diskless }, { deployment }) => {
    deployment.needsServer('rdb-child');
    await using both = await deployment.start(masterAndNewcomer(diskless));
    const { master } = both;
    const newcomer = both.node('newcomer');
    await manyKeys(master);
    await newcomer.replicaOf(master);
    await childSaves(master);

    // Of use to the next child; this one has the old value.
    await master.call('CONFIG', 'SET', 'rdb-key-save-delay', 0);
    await master.killChildren();

    await master.logged(/^Background (saving|transfer|RDB transfer) terminated by signal 9$/);
    await expect(newcomer).toResync('full', { times: 2 });
    await expect(newcomer).toConvergeWith(master);
    await childrenEnd(master);
  },
);

test.for(TARGETS)(
  'a master is killed while its child makes an RDB to $target: the child does not outlive it for long [F8]',
  async ({ target, diskless }, { deployment }) => {
    deployment.needsServer('rdb-child');
    await using both = await deployment.start(masterAndNewcomer(diskless));
    const { master } = both;
    const newcomer = both.node('newcomer');
    await manyKeys(master);
    await newcomer.replicaOf(master);
    await childSaves(master);

    await master.kill();

    const goesOn = !can(deployment.target, 'orphans-end');
    if (goesOn && target === 'sockets') {
      // It hangs, and the replica with it: the connection is the child's, too.
      await expect(childrenEnd(master, 3_000)).rejects.toThrow('last seen: 1');
      expect((await newcomer.snapshot()).upstream).toMatchObject({ syncInProgress: true });
      await master.killChildren();
    }
    await childrenEnd(master);
    if (goesOn && target === 'disk') await master.logged(SAVED);
    else expect(master.server.log.lines.some(({ text }) => SAVED.test(text))).toBe(false);
    await linkSeenDown(newcomer);
  },
);

test('a replica that is stopped and resumed over and over while it loads from the socket loads on [F12]', async ({
  deployment,
}) => {
  const { config, slow, data } = longLoad(deployment.target);
  await using both = await deployment.start(
    topology([
      { name: 'master' },
      { name: 'newcomer', config: { ...config, 'repl-diskless-load': 'swapdb' } },
    ]),
  );
  const { master } = both;
  const newcomer = both.node('newcomer');
  await fill(master, { seed: 1, keys: 200 });
  await writeBytes(master, { seed: 2, ...data });
  const link = await both.link(newcomer, master);
  await using slowness = await link.apply(slow);
  await newcomer.replicaOf(master);
  await isLoading(newcomer, (loads) => loads);

  // To be stopped and resumed interrupts a read from the socket: signal(7), socket interfaces with a timeout.
  let loads = true;
  for (let times = 0; loads && times < 5; times += 1) {
    await newcomer.pause();
    await newcomer.resume();
    loads = await isLoading(newcomer);
  }
  const survives = can(deployment.target, 'load-survives-signals');
  expect(loads).toBe(survives);
  await slowness.heal();

  await expect(newcomer).toResync('full', { times: survives ? 1 : 2 });
  await expect(newcomer).toConvergeWith(master);
});

/** Whether a server loads an RDB; while it does, it may answer late. */
function isLoading(node: Node, accepts: (loads: boolean) => boolean = () => true) {
  return until(async () => (await node.snapshot()).loading, accepts, {
    what: `${node.name} to answer, and to load`,
    withinMs: 15_000,
    verdict: 'inconclusive',
  });
}

async function manyKeys(node: Node): Promise<void> {
  const keys = Array.from({ length: KEYS }, (_, index) => `key:${index}`);
  await node.call('MSET', ...keys.flatMap((key) => [key, 'value']));
}

async function childSaves(master: Node): Promise<void> {
  await until(
    async () => [(await master.snapshot()).saving, await master.children()],
    ([saving, children]) => saving === true && children === 1,
    { what: `a child of ${master.name} to make an RDB`, withinMs: 15_000 },
  );
}

async function childrenEnd(node: Node, withinMs = 20_000): Promise<void> {
  await until(
    () => node.children(),
    (count) => count === 0,
    { what: `what ${node.name} has forked to end`, withinMs },
  );
}
