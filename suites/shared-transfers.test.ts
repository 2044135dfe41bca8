import { can } from '../helpers/deployment/capabilities.ts';
import {
  bandwidth,
  cut,
  type Deployment,
  type Deployments,
  expect,
  fill,
  type Node,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** More than the buffers hold between a master and a replica to which little comes: some 5 MB on Linux. */
const MUCH = { seed: 1, bytes: 12_000_000, valueBytes: 750_000 };
const crawling = bandwidth('downstream', { kilobytesPerSecond: 50 });

const stillUp = (replicas: number) =>
  new RegExp(`^Diskless rdb transfer, done reading from pipe, ${replicas} replicas still up\\.$`);
const LAST_DROPPED = /^Diskless rdb transfer, last replica dropped, killing fork child\.$/;

test.for([
  { drops: [], who: 'neither', says: stillUp(2) },
  { drops: ['slow'], who: 'the slow one', says: stillUp(1) },
  { drops: ['fast'], who: 'the fast one', says: stillUp(1) },
  { drops: ['slow', 'fast'], who: 'each', says: LAST_DROPPED },
])(
  'a slow and a fast replica are sent one RDB, and $who drops: who stays gets it, who drops gets the next [F6]',
  async ({ drops, says }, { deployment }) => {
    await using three = await deployment.start(slowAndFast(deployment));
    const { master } = three;
    const replicas = [three.node('slow'), three.node('fast')];
    const stay = replicas.filter(({ name }) => !drops.includes(name));
    const leave = replicas.filter(({ name }) => drops.includes(name));
    // When both drop, neither may have the RDB before the other is gone.
    const slow = stay.length === 0 ? replicas : [three.node('slow')];
    const crawls = [];
    for (const node of slow) crawls.push(await (await three.link(node, master)).apply(crawling));
    await waitTogether(three, replicas);
    await transferBegins(master, replicas);

    const outages = await Promise.all(leave.map((node) => cutOff(three, node)));
    for (const crawl of crawls) await crawl.heal();

    for (const node of stay) await expect(node).toResync('full');
    for (const node of stay) await expect(node).toConvergeWith(master);
    await rdbIsOver(master);
    if (says === LAST_DROPPED || can(deployment.target, 'rdb-child')) await master.logged(says);
    for (const outage of outages) await outage.heal();
    for (const node of leave) await expect(node).toResync('full', { times: 2 });
    for (const node of leave) await expect(node).toConvergeWith(master);
  },
);

test('a replica that takes in nothing of an RDB for repl-timeout is dropped, and the other one gets the rest [F6]', async ({
  deployment,
}) => {
  await using three = await deployment.start(slowAndFast(deployment, { 'repl-timeout': 5 }));
  const { master } = three;
  const [stuck, fast] = [three.node('slow'), three.node('fast')];
  await using crawl = await (await three.link(stuck, master)).apply(crawling);
  await waitTogether(three, [stuck, fast]);
  await transferBegins(master, [stuck, fast]);

  await master.logged(/^Disconnecting timedout replica \(full sync\): /, 20_000);
  // On a busy machine the other one could be taken for dead, too.
  await master.call('CONFIG', 'SET', 'repl-timeout', 60);

  await expect(fast).toResync('full');
  await expect(fast).toConvergeWith(master);
  await rdbIsOver(master);
  if (can(deployment.target, 'rdb-child')) await master.logged(stillUp(1));
  await crawl.heal();
  await expect(stuck).toResync('full', { times: 2 });
  await expect(stuck).toConvergeWith(master);
});

/** A master that lets replicas wait for an RDB until it is told otherwise, and two servers that will be replicas. */
function slowAndFast({ target }: Deployments, masterConfig: Record<string, number> = {}) {
  // With a channel of its own each replica's RDB does not pass through the master.
  const config = can(target, 'rdb-channel') ? { 'repl-rdb-channel': 'no' } : {};
  const patient = {
    'repl-diskless-sync': 'yes',
    'repl-diskless-sync-delay': 3_600,
    rdbcompression: 'no',
  };
  return topology([
    { name: 'master', config: { ...config, ...patient, ...masterConfig } },
    { name: 'slow', config },
    { name: 'fast', config },
  ]);
}

/** The replicas have asked for an RDB, which will be one for all of them. */
async function waitTogether({ master }: Deployment, replicas: readonly Node[]): Promise<void> {
  await writeBytes(master, MUCH);
  await fill(master, { seed: 2, keys: 100 });
  for (const replica of replicas) await replica.replicaOf(master);
  await until(
    async () => (await master.snapshot()).replicas.map(({ state }) => state),
    (states) => states.length === replicas.length && states.every((one) => one === 'wait_bgsave'),
    { what: 'all replicas to wait for an RDB', withinMs: 15_000 },
  );
}

async function transferBegins(master: Node, receivers: readonly Node[]): Promise<void> {
  await master.call('CONFIG', 'SET', 'repl-diskless-sync-delay', 0);
  await Promise.all(receivers.map((node) => node.logged(/REPLICA sync: receiving streamed RDB/)));
  await until(
    async () => (await master.snapshot()).saving,
    (saving) => saving,
    { what: `${master.name} to be making an RDB`, withinMs: 5_000, verdict: 'inconclusive' },
  );
}

async function cutOff(deployment: Deployment, replica: Node) {
  const link = await deployment.link(replica, deployment.master);
  return link.apply(cut(), { unproven: true });
}

/** Nobody makes an RDB any more. */
async function rdbIsOver(master: Node): Promise<void> {
  await until(
    async () => [(await master.snapshot()).saving, await master.children()],
    ([saving, children]) => saving === false && children === 0,
    { what: `${master.name} to have done with the RDB, its child included`, withinMs: 10_000 },
  );
}
