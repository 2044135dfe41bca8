/** A replica that waits for its master: what keeps it waiting, and when it gives up. */
import {
  DEFAULT_TIMEOUT_SECONDS,
  type Deployment,
  expect,
  fill,
  giveUpAfter,
  masterWithReplicas,
  type Node,
  noPings,
  pingsEachSecond,
  pingsNoMore,
  test,
  topology,
  until,
} from '../helpers/suite.ts';

/** A master that makes no RDB until it is told to, and a server that a test makes its replica. */
const masterThatWaits = topology([
  { name: 'master', config: { 'repl-diskless-sync': 'yes', 'repl-diskless-sync-delay': 3_600 } },
  { name: 'other' },
]);
const SHORT_SECONDS = 6;
const GIVES_UP_WITHIN_MS = 20_000;

test.concurrent('a master that makes no RDB yet keeps its replica in the handshake, for longer than repl-timeout [H4]', async ({
  deployment,
}) => {
  await using two = await deployment.start(masterThatWaits);
  await fill(two.master, { seed: 1, keys: 50 });
  const other = await waitingForRdb(two);

  await giveUpAfter(SHORT_SECONDS, other);
  await until(
    async () => (await two.master.clientList()).filter(({ flags }) => flags.has('S')),
    (ofReplica) =>
      ofReplica.length > 0 && ofReplica.every(({ ageSeconds }) => ageSeconds > SHORT_SECONDS + 1),
    { what: 'the connection to be older than repl-timeout', withinMs: 30_000 },
  );
  expect(other.attemptsToConnect()).toHaveLength(1);
  expect(await other.role()).toMatchObject({ state: 'handshake', offset: -1 });
  expect((await other.snapshot()).upstream).toMatchObject({ link: 'down', syncInProgress: false });

  await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, other);
  await makesRdb(two.master);
  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
});

test.concurrent('a master that is frozen while its replica waits for the RDB: the replica gives up after repl-timeout, and asks a second time [H5]', async ({
  deployment,
}) => {
  await using two = await deployment.start(masterThatWaits);
  await fill(two.master, { seed: 1, keys: 50 });
  const other = await waitingForRdb(two);

  await two.master.pause();
  await givesUpAndAsksAnew(other);
  await two.master.resume();

  await makesRdb(two.master);
  await expect(other).toResync('full', { times: 2 });
  await expect(other).toConvergeWith(two.master);
});

test.concurrent('a master that is frozen before it has said anything: the replica gives up after repl-timeout, and asks once it can [H5]', async ({
  deployment,
}) => {
  await using two = await deployment.start(masterThatWaits);
  await fill(two.master, { seed: 1, keys: 50 });
  const other = two.node('other');

  await two.master.pause();
  await other.replicaOf(two.master);
  await givesUpAndAsksAnew(other);
  await two.master.resume();

  await makesRdb(two.master);
  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
});

test.concurrent('a master that is frozen in the stream: the replica gives up after repl-timeout, and continues once it can [H5]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);
  await pingsEachSecond(pair.master);

  await pair.master.pause();
  const { lastIoSecondsAgo } = await until(
    async () => (await pair.replica.snapshot()).upstream ?? { lastIoSecondsAgo: -1 },
    (upstream) => upstream.lastIoSecondsAgo > 1,
    { what: 'the replica to hear nothing', withinMs: 10_000 },
  );
  expect(await pair.replica.role()).toMatchObject({ state: 'connected' });
  await giveUpAfter(lastIoSecondsAgo, pair.replica);
  await pair.replica.logged(
    /^(MASTER|PRIMARY) timeout: no data nor PING received/,
    GIVES_UP_WITHIN_MS,
  );
  await givesUpAndAsksAnew(pair.replica);
  await pair.master.resume();
  await pingsNoMore(pair.master);

  await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
  await expect(pair.replica).toConvergeWith(pair.master);
});

/** Makes a replica of the other server: when this returns its request is counted, and it is listed as waiting. */
async function waitingForRdb(two: Deployment): Promise<Node> {
  const other = two.node('other');
  await other.replicaOf(two.master);
  await until(
    async () => ({ role: await other.role(), master: await two.master.snapshot() }),
    ({ role, master: { counters, replicas } }) =>
      role.role === 'replica' &&
      role.state === 'handshake' &&
      counters.full === 1 &&
      replicas[0]?.port === other.server.port &&
      replicas[0].state === 'wait_bgsave',
    { what: 'the master to list its replica as waiting', withinMs: 10_000 },
  );
  expect(await two.master.role(), 'ROLE lists those in sync').toMatchObject({ replicas: [] });
  return other;
}

/** Waits until the replica has given up on its handshake with a frozen master, and has begun another. */
async function givesUpAndAsksAnew(replica: Node): Promise<void> {
  await until(
    () => replica.role(),
    (role) => role.role === 'replica' && role.state === 'handshake',
    { what: 'the replica to wait for an answer', withinMs: 10_000 },
  );
  const attempts = replica.attemptsToConnect().length;
  await giveUpAfter(1, replica);
  await replica.logged(/^Timeout connecting to the (MASTER|PRIMARY)/, GIVES_UP_WITHIN_MS);
  await until(
    () => replica.attemptsToConnect().length,
    (made) => made > attempts,
    { what: 'the replica to connect anew', withinMs: 10_000 },
  );
  await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, replica);
}

async function makesRdb(master: Node): Promise<void> {
  await master.call('CONFIG', 'SET', 'repl-diskless-sync-delay', 0);
}
