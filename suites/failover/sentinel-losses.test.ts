/**
 * What a failover loses of what the master acknowledged. Clients in Sentinel mode keep one ledger through the death of a
 * master that its replicas had not heard for a while: of each acknowledged write it tells that it is there, or when, on
 * which node and why it was lost.
 */
import {
  BUSY_MS,
  calm,
  expect,
  failedOver,
  holdElections,
  judgeLosses,
  Ledger,
  ledgerOn,
  letElect,
  masterWithReplicas,
  noPings,
  now,
  partition,
  replicated,
  SENTINEL_WITHIN_MS,
  STOPS_WITHIN_MS,
  sentinels,
  split,
  stopsUnheard,
  test,
  writeLedgerBySentinels,
} from '../../helpers/suite.ts';

const WRITES = 50;
const RATE_PER_SECOND = 200;

test.for<{ told: string; waitFor: number; lost: number }>([
  { told: 'what it alone had is lost', waitFor: 0, lost: WRITES },
  { told: 'WAIT 1 tells what is lost from what is kept', waitFor: 1, lost: WRITES },
])(
  'a master that its replicas do not hear acknowledges writes, and dies: $told [N15]',
  async ({ waitFor, lost }, { deployment }) => {
    await using all = await deployment.start(
      sentinels(3, masterWithReplicas(2, { config: noPings }), calm),
    );
    const { master, replicas } = all;
    const ledger = new Ledger(now);
    await using clients = await writeLedgerBySentinels(all, ledger, {
      ratePerSecond: RATE_PER_SECOND,
      ...(waitFor > 0 && { confirmation: { replicas: waitFor, withinMs: 250 } }),
    });
    await clients.goesOn(WRITES);

    const fromMs = await replicated(master, ledger, 2);
    // The replica that the silence reaches last may have confirmed more, and must be known to.
    await holdElections(all);
    await using _silence = await partition(all, split(['master'], ['replica-1', 'replica-2']));
    await clients.goesOn(WRITES);
    await master.kill();
    const untilMs = ledger.now();
    await letElect(all);
    const heir = await failedOver(all, master);
    await clients.find(heir);
    await clients.goesOn(WRITES);
    await clients.stop();
    for (const one of replicas)
      if (one !== heir) await expect(one).toConvergeWith(heir, { withinMs: SENTINEL_WITHIN_MS });

    const judgement = judgeLosses(all, ledger.writes, await ledgerOn(heir), [
      {
        node: 'master',
        cause: 'the silence before its end',
        fromMs,
        untilMs,
        ...(waitFor > 0 && { keepsConfirmedBy: waitFor }),
      },
    ]);
    expect(judgement.objections).toEqual([]);
    expect(judgement.lost.length).toBeGreaterThanOrEqual(lost);
    expect(new Set(judgement.lost.map(({ write }) => write.node))).toEqual(new Set(['master']));
    const confirmed = ledger.writes.filter(({ confirmedBy = 0 }) => confirmedBy > 0);
    expect(confirmed.length).toBeGreaterThanOrEqual(waitFor * WRITES);
  },
);

test('min-replicas-to-write with a lag of 1 s: what a dying master loses is no more than it accepted in 3 s [N15]', async ({
  deployment,
}) => {
  const config = { ...noPings, ...stopsUnheard };
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2, { config }), calm));
  const { master } = all;
  const ledger = new Ledger(now);
  await using clients = await writeLedgerBySentinels(all, ledger, {
    ratePerSecond: RATE_PER_SECOND,
  });
  await clients.goesOn(WRITES);

  const fromMs = await replicated(master, ledger, 2);
  await using _silence = await partition(all, split(['master'], ['replica-1', 'replica-2']));
  const silentAtMs = ledger.now();
  await clients.goesOn(WRITES, 'failed');
  expect(clients.lastError).toBe('NOREPLICAS Not enough good replicas to write.');
  await master.kill();
  const heir = await failedOver(all, master);
  await clients.find(heir);
  await clients.goesOn(WRITES);
  await clients.stop();

  const untilMs = ledger.refusedAtMs('master', silentAtMs) ?? fromMs;
  const judgement = judgeLosses(all, ledger.writes, await ledgerOn(heir), [
    { node: 'master', cause: 'the silence before its end', fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
  expect(judgement.lost.length).toBeGreaterThan(0);
  expect(judgement.lostForMs).toBeLessThanOrEqual(STOPS_WITHIN_MS + BUSY_MS);
});
