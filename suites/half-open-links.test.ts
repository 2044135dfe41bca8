/**
 * Links that drop what is sent one way or both, and end no connection. The end of such a silence is a cut: bytes are
 * missing, so the proxy closes what was open.
 */
import {
  DEFAULT_TIMEOUT_SECONDS,
  type Deployment,
  expect,
  giveUpAfter,
  halfOpen,
  masterWithReplicas,
  noPings,
  pingsEachSecond,
  pingsNoMore,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const WRITTEN_BYTES = 20_000;

test.concurrent.for([
  { silent: 'downstream', isMissed: true },
  { silent: 'upstream', isMissed: false },
  { silent: 'both', isMissed: true },
] as const)(
  'silence ($silent) that ends before anybody has noticed: one partial resync of just the bytes dropped [N1]',
  async ({ silent, isMissed }, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    await writeBytes(pair.master, { seed: 1, bytes: 1_000 });
    await expect(pair.replica).toConvergeWith(pair.master);
    const before = await pair.master.snapshot();

    const silence = await pair.replica.link.apply(halfOpen(silent));
    await writeBytes(pair.master, { seed: 2, bytes: WRITTEN_BYTES });
    const after = await pair.master.snapshot();
    if (!isMissed) await expect(pair.replica).toConvergeWith(pair.master);
    expect(after.replicas).toMatchObject([{ state: 'online' }]);
    expect(await pair.replica.snapshot()).toMatchObject({
      offset: isMissed ? before.offset : after.offset,
      upstream: { link: 'up' },
    });
    await silence.heal();

    await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
    const [resync] = pair.resyncsOf(pair.replica).slice(-1);
    expect(resync?.backlogBytes).toBe(isMissed ? after.offset - before.offset : 0);
    await expect(pair.replica).toConvergeWith(pair.master);
  },
);

test.concurrent('silence in which more is written than the backlog holds: one full resync [N1]', async ({
  deployment,
}) => {
  const config = { ...noPings, 'repl-backlog-size': 65_536 };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  await writeBytes(pair.master, { seed: 1, bytes: 1_000 });
  await expect(pair.replica).toConvergeWith(pair.master);

  const silence = await pair.replica.link.apply(halfOpen('downstream'));
  await writeBytes(pair.master, { seed: 2, bytes: 200_000 });
  expect((await pair.master.snapshot()).replicas).toMatchObject([{ state: 'online' }]);
  expect((await pair.replica.snapshot()).upstream).toMatchObject({ link: 'up' });
  await silence.heal();

  await expect(pair.replica).toResync('full', { reason: 'lack-of-backlog' });
  await expect(pair.replica).toConvergeWith(pair.master);
});

const SHORT_SECONDS = 6;
const GIVES_UP_WITHIN_MS = 30_000;
const GIVES_UP = {
  master: /^Disconnecting timedout replica \(streaming sync\)/,
  replica: /^(MASTER|PRIMARY) timeout: no data nor PING received/,
};

test.concurrent.for([
  { silent: 'downstream', deaf: 'replica', hears: 'master' },
  { silent: 'upstream', deaf: 'master', hears: 'replica' },
] as const)(
  'silence ($silent) is for the $deaf to notice by its repl-timeout, that of the $hears does not help [N1]',
  async ({ silent, deaf, hears }, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    await writeBytes(pair.master, { seed: 1, bytes: 1_000 });
    await expect(pair.replica).toConvergeWith(pair.master);
    await pingsEachSecond(pair.master);

    const silence = await pair.replica.link.apply(halfOpen(silent));
    await giveUpAfter(SHORT_SECONDS, pair[hears]);
    await writeBytes(pair.master, { seed: 2, bytes: WRITTEN_BYTES });
    const seconds = await until(
      () => silentSeconds(pair),
      (heardNothingFor) => heardNothingFor[deaf] > SHORT_SECONDS,
      { what: `the ${deaf} to hear nothing for longer than that`, withinMs: 30_000 },
    );
    expect(seconds[hears]).toBeLessThanOrEqual(SHORT_SECONDS);
    await bothCount(pair, deaf === 'replica' ? 'missed' : 'arrived');

    await giveUpAfter(SHORT_SECONDS, pair[deaf]);
    await pair[deaf].logged(GIVES_UP[deaf], GIVES_UP_WITHIN_MS);
    await neitherCounts(pair);
    await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, pair.master, pair.replica);
    await pingsNoMore(pair.master);
    await silence.heal();

    await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
    await expect(pair.replica).toConvergeWith(pair.master);
  },
);

test.concurrent.for(['master', 'replica'] as const)(
  'silence both ways: the %s gives up after its repl-timeout, and so the other learns of it [N1]',
  async (impatient, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    await writeBytes(pair.master, { seed: 1, bytes: 1_000 });
    await expect(pair.replica).toConvergeWith(pair.master);
    await pingsEachSecond(pair.master);

    const silence = await pair.replica.link.apply(halfOpen('both'));
    await writeBytes(pair.master, { seed: 2, bytes: WRITTEN_BYTES });
    await bothCount(pair, 'missed');
    await giveUpAfter(SHORT_SECONDS, pair[impatient]);
    await pair[impatient].logged(GIVES_UP[impatient], GIVES_UP_WITHIN_MS);
    await neitherCounts(pair);
    await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, pair[impatient]);
    await pingsNoMore(pair.master);
    await silence.heal();

    await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
    await expect(pair.replica).toConvergeWith(pair.master);
  },
);

/** For how long each has heard nothing of the other, by its own account. */
async function silentSeconds({ master, replica }: Deployment) {
  const [attached] = (await master.snapshot()).replicas;
  const { upstream } = await replica.snapshot();
  return { master: attached?.lagSeconds ?? -1, replica: upstream?.lastIoSecondsAgo ?? -1 };
}

/** Each counts the other as connected: only offsets tell of the silence. */
async function bothCount({ master, replica }: Deployment, written: 'missed' | 'arrived') {
  if (written === 'arrived') {
    const { offset: sent } = await master.snapshot();
    await until(
      async () => (await replica.snapshot()).offset,
      (applied) => applied >= sent,
      { what: `${replica.name} to apply what was written`, withinMs: 10_000 },
    );
  }
  expect(await replica.role()).toMatchObject({ state: 'connected' });
  const { offset: applied, upstream } = await replica.snapshot();
  expect(upstream).toMatchObject({ link: 'up', syncInProgress: false });
  const { offset, replicas } = await master.snapshot();
  expect(replicas).toMatchObject([{ port: replica.server.port, state: 'online' }]);
  const unacknowledged = offset - (replicas[0]?.offset ?? offset);
  expect(unacknowledged).toBeGreaterThanOrEqual(WRITTEN_BYTES);
  if (written === 'missed') expect(offset - applied).toBeGreaterThanOrEqual(WRITTEN_BYTES);
}

/** Neither counts the other; the replica asks anew, and hears nothing. */
async function neitherCounts({ master, replica }: Deployment): Promise<void> {
  await until(
    async () => {
      const { replicas } = await master.snapshot();
      const { upstream } = await replica.snapshot();
      return { replicas, upstream, role: await replica.role() };
    },
    ({ replicas, upstream, role }) =>
      replicas.length === 0 &&
      upstream?.link === 'down' &&
      role.role === 'replica' &&
      role.state === 'handshake' &&
      role.offset === -1,
    { what: 'both sides to have given up, and the replica to ask anew', withinMs: 10_000 },
  );
}
