/** Limits of memory while a replica is sent its RDB on one connection and the stream on another. */
import {
  apart,
  bothUnderWay,
  expect,
  fastRdb,
  type Node,
  noPings,
  premise,
  slowRdb,
  test,
  transfers,
  twoChannelsDirective,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const MB = 1_000_000;
/** What kernels and proxies take before anything piles up at the master is a part of that. */
const MOST_WRITTEN = 100;
const LOOKS = 5;
/** Of an RDB during which much is written, on a machine that does much else. */
const LONG_RDB_MS = 10_000;
const smallBacklog = { ...noPings, 'repl-backlog-size': 16_384 };

/** Writes megabyte by megabyte until something holds, and goes on to hold: kernels and proxies may still take some. */
async function writeUntil(master: Node, what: string, holds: () => Promise<boolean>) {
  let written = 0;
  let inARow = 0;
  await until(
    async () => {
      inARow += 1;
      // At full speed: it is to hold while the RDB is still under way.
      while (!(await holds()) && written < MOST_WRITTEN) {
        inARow = 0;
        written += 1;
        await writeBytes(master, { seed: written, bytes: MB, valueBytes: 50_000 });
      }
      return `${written} MB written`;
    },
    () => inARow === LOOKS && written < MOST_WRITTEN,
    { what, withinMs: 20_000 },
  );
}

function rdbIsUnderWay(master: Node): Promise<void> {
  return premise('the RDB was sent too soon', async () =>
    expect((await transfers(master)).rdbUnderWay).toBe(true),
  );
}

test('a replica whose buffer is full reads no more: the rest piles up at the master, and nothing is lost [D7]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using two = await deployment.start(
    apart(['replica'], { ...smallBacklog, [directive]: 'yes' }),
  );
  const replica = two.node('replica');
  await replica.call('CONFIG', 'SET', 'client-output-buffer-limit', 'replica 1mb 1mb 0');
  await slowRdb(two.master, { rdbMs: LONG_RDB_MS });
  await replica.replicaOf(two.master);
  await bothUnderWay(two.master);

  await writeUntil(
    two.master,
    'a pile at the master',
    async () => (await transfers(two.master)).keptForReplicas > MB,
  );

  await rdbIsUnderWay(two.master);
  await replica.logged(/Replication buffer limit (has been )?reached/);
  // Memory comes in blocks of a megabyte, and the limit is looked at in between.
  const { keptUntilLoadedPeak } = await transfers(replica);
  expect(keptUntilLoadedPeak).toBeGreaterThan(MB);
  expect(keptUntilLoadedPeak).toBeLessThan(3 * MB);
  await expect(replica).toResync('full', { withinMs: 3 * LONG_RDB_MS });
  await expect(replica).toConvergeWith(two.master);
  expect((await transfers(two.master)).keptForReplicas).toBeLessThan(MB);
});

test('for a replica that is paused the master keeps more than its backlog holds; it goes on where it was [D9]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using two = await deployment.start(
    apart(['replica'], { ...smallBacklog, [directive]: 'yes' }),
  );
  const replica = two.node('replica');
  await slowRdb(two.master, { rdbMs: 4_000 });
  await replica.replicaOf(two.master);
  await bothUnderWay(two.master);

  await replica.pause();
  await writeUntil(
    two.master,
    'a pile at the master',
    async () => (await transfers(two.master)).keptForReplicas > 2 * MB,
  );
  await replica.resume();

  await expect(replica).toResync('full');
  await expect(replica).toConvergeWith(two.master);
  expect((await transfers(two.master)).keptForReplicas).toBeLessThan(MB);
});

test('a paused replica over the output limit is cut off in the middle of its RDB, and takes a whole new one [D12]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  const directive = twoChannelsDirective(deployment.target);
  await using two = await deployment.start(
    apart(['replica'], { ...smallBacklog, [directive]: 'yes' }),
  );
  const replica = two.node('replica');
  await two.master.call('CONFIG', 'SET', 'client-output-buffer-limit', 'replica 1mb 0 0');
  await slowRdb(two.master, { rdbMs: LONG_RDB_MS });
  await replica.replicaOf(two.master);
  const { main } = await bothUnderWay(two.master);
  await fastRdb(two.master);
  const stands = async (): Promise<boolean> =>
    (await two.master.clientList()).some(({ id }) => id === main);

  await replica.pause();
  await writeUntil(two.master, 'the stream’s connection to end', async () => !(await stands()));
  await two.master.logged(/closed .* for overcoming of output buffer limits/);
  await rdbIsUnderWay(two.master);
  await replica.resume();

  await expect(replica).toResync('full', { times: 2 });
  await expect(replica).toConvergeWith(two.master);
});
