/**
 * A master that was only paused, and comes back to find itself replaced. Clients that never left write to it until a
 * Sentinel demotes it, which takes 8 s at the least; what they were told was done by then is lost. With
 * min-replicas-to-write it refuses them as soon as it sees that its replicas have left.
 */
import {
  anyTells,
  calm,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  judgeLosses,
  Ledger,
  ledgerOn,
  masterWithReplicas,
  noPings,
  now,
  replicated,
  SENTINEL_WITHIN_MS,
  sentinels,
  siblingOf,
  test,
  until,
  writeLedgerBySentinels,
} from '../../helpers/suite.ts';

const WRITES = 50;
const RATE_PER_SECOND = 200;
/** A Sentinel lets a node say for that long that it is a master, in case it hears of another truth. */
const PATIENCE_MS = 8_000;

test.for<{ told: string; atLeast: number }>([
  { told: 'it accepts writes until it is demoted, and all are lost', atLeast: 0 },
  {
    told: 'with min-replicas-to-write it accepts what it had heard before, and no more',
    atLeast: 1,
  },
])(
  'a paused master that comes back after its failover thinks that it is one: $told [N12] [N15]',
  async ({ atLeast }, { deployment }) => {
    const config = { ...noPings, 'min-replicas-to-write': atLeast };
    await using all = await deployment.start(sentinels(3, masterWithReplicas(2, { config }), calm));
    const { master } = all;
    const ledger = new Ledger(now);
    const options = { ratePerSecond: RATE_PER_SECOND };
    await using loyal = await writeLedgerBySentinels(all, ledger, options);
    await loyal.goesOn(WRITES);

    const fromMs = await replicated(master, ledger, 2);
    await master.pause();
    const heir = await failedOver(all, master);
    await using others = await writeLedgerBySentinels(all, ledger, options);
    await others.goesOn(WRITES);
    const sibling = siblingOf(all, heir);
    await until(
      async () => (await sibling.snapshot()).upstream,
      (upstream) =>
        upstream !== undefined && upstream.link === 'up' && all.whoIs(upstream) === heir.name,
      { what: `${sibling.name} to follow ${heir.name}`, withinMs: SENTINEL_WITHIN_MS },
    );
    const resumedAtMs = ledger.now();
    await master.resume();
    await loyal.goesOn(WRITES, atLeast > 0 ? 'failed' : 'ok');
    if (atLeast > 0) expect(loyal.lastError).toBe('NOREPLICAS Not enough good replicas to write.');
    expect((await master.role()).role).toBe('master');

    const order = await anyTells(all, '+convert-to-slave', {
      sinceMs: resumedAtMs,
      withinMs: DEMOTED_WITHIN_MS,
    });
    await until(
      () => master.role(),
      ({ role }) => role === 'replica',
      { what: 'the old master to do as it is told', withinMs: DEMOTED_WITHIN_MS },
    );
    const demotedAtMs = ledger.now();
    expect(order.atMs - resumedAtMs).toBeGreaterThanOrEqual(PATIENCE_MS);
    await loyal.find(heir);
    await loyal.goesOn(WRITES);
    await Promise.all([loyal.stop(), others.stop()]);
    await expect(master).toConvergeWith(heir);

    const untilMs = atLeast > 0 ? ledger.refusedAtMs('master', fromMs) : demotedAtMs;
    const judgement = judgeLosses(all, ledger.writes, await ledgerOn(master), [
      { node: 'master', cause: 'its pause', fromMs, untilMs: untilMs ?? fromMs },
    ]);
    expect(judgement.objections).toEqual([]);
    const { length } = judgement.lost.filter(({ write }) => write.invokedAtMs > resumedAtMs);
    if (atLeast === 0) expect(length).toBeGreaterThanOrEqual(WRITES);
  },
);
