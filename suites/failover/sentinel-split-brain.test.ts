/**
 * A master cut off with one Sentinel and its own clients, and the one that the other Sentinels made in its place: who
 * accepts what for how long. When the network is whole again the old master is demoted, its clients are sent on by
 * themselves, and what it alone had is listed as lost.
 */
import {
  BUSY_MS,
  calm,
  DEMOTED_WITHIN_MS,
  type Deployment,
  expect,
  failedOver,
  holdElections,
  judgeLosses,
  Ledger,
  ledgerOn,
  letElect,
  masterWithReplicas,
  type Node,
  noPings,
  now,
  partition,
  replicated,
  rolesOf,
  type Sentinel,
  STOPS_WITHIN_MS,
  sentinels,
  split,
  stopsUnheard,
  test,
  until,
  writeLedgerBySentinels,
} from '../../helpers/suite.ts';

const WRITES = 50;
const RATE_PER_SECOND = 200;

test.for<{ told: string; waitFor: number }>([
  { told: 'all that the old one accepts is lost', waitFor: 0 },
  { told: 'WAIT 1 tells what is lost from what is kept', waitFor: 1 },
])(
  'a master cut off with one Sentinel and its clients acknowledges writes for as long as it lasts: $told [N15] [N16]',
  async ({ waitFor }, { deployment }) => {
    await using all = await deployment.start(
      sentinels(3, masterWithReplicas(2, { config: noPings }), calm),
    );
    const { master } = all;
    const [alone, ...majority] = all.sentinels as [Sentinel, ...Sentinel[]];
    const ledger = new Ledger(now);
    const confirmed = waitFor > 0 && { confirmation: { replicas: waitFor, withinMs: 250 } };
    const options = { ratePerSecond: RATE_PER_SECOND, ...confirmed };
    await using minority = await writeLedgerBySentinels(all, ledger, {
      ...options,
      asked: [alone],
    });
    await minority.goesOn(WRITES);

    const fromMs = await replicated(master, ledger, 2);
    // The replica that the cut reaches last may have confirmed more, and must be known to.
    await holdElections(all);
    const cut = await partition(all, aloneWith(all, alone));
    await letElect(all, { by: majority });
    const heir = await failedOver(all, master, { by: majority });
    await using others = await writeLedgerBySentinels(all, ledger, { ...options, asked: majority });
    for (let time = 0; time < 3; time += 1) {
      await Promise.all([minority, others].map((clients) => clients.goesOn(WRITES)));
      expect(await rolesOf(master, heir)).toEqual(['master', 'master']);
    }
    await cut.heal();
    const untilMs = await demoted(master, ledger);
    await minority.find(heir);
    await Promise.all([minority, others].map((clients) => clients.goesOn(WRITES)));
    await Promise.all([minority.stop(), others.stop()]);
    await expect(master).toConvergeWith(heir);

    const judgement = judgeLosses(all, ledger.writes, await ledgerOn(master), [
      {
        node: 'master',
        cause: 'the partition',
        fromMs,
        untilMs,
        ...(waitFor > 0 && { keepsConfirmedBy: waitFor }),
      },
    ]);
    expect(judgement.objections).toEqual([]);
    expect(judgement.lost.length).toBeGreaterThanOrEqual(3 * WRITES);
  },
);

test('min-replicas-to-write with a lag of 1 s: the cut off master stops within 3 s, and no more than it accepted until then is lost [N15] [N16]', async ({
  deployment,
}) => {
  const config = { ...noPings, ...stopsUnheard };
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2, { config }), calm));
  const { master } = all;
  const [alone, ...majority] = all.sentinels as [Sentinel, ...Sentinel[]];
  const ledger = new Ledger(now);
  const options = { ratePerSecond: RATE_PER_SECOND };
  await using minority = await writeLedgerBySentinels(all, ledger, { ...options, asked: [alone] });
  await minority.goesOn(WRITES);

  const fromMs = await replicated(master, ledger, 2);
  const cut = await partition(all, aloneWith(all, alone));
  const silentAtMs = ledger.now();
  const heir = await failedOver(all, master, { by: majority });
  await using others = await writeLedgerBySentinels(all, ledger, { ...options, asked: majority });
  await Promise.all([minority.goesOn(WRITES, 'failed'), others.goesOn(WRITES)]);
  expect(minority.lastError).toBe('NOREPLICAS Not enough good replicas to write.');
  expect(await rolesOf(master, heir)).toEqual(['master', 'master']);
  await cut.heal();
  await demoted(master, ledger);
  await minority.find(heir);
  await minority.goesOn(WRITES);
  await Promise.all([minority.stop(), others.stop()]);
  await expect(master).toConvergeWith(heir);

  const untilMs = ledger.refusedAtMs('master', silentAtMs) ?? fromMs;
  const judgement = judgeLosses(all, ledger.writes, await ledgerOn(master), [
    { node: 'master', cause: 'the partition', fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
  expect(judgement.lost.length).toBeGreaterThan(0);
  expect(judgement.lostForMs).toBeLessThanOrEqual(STOPS_WITHIN_MS + BUSY_MS);
});

/** The master and one Sentinel on one side. Clients hear whom they ask, on whichever side. */
function aloneWith({ nodes, sentinels: all }: Deployment, { name }: Sentinel) {
  const minority = ['master', name];
  const majority = [...nodes, ...all]
    .map((one) => one.name)
    .filter((one) => !minority.includes(one));
  return split(minority, majority);
}

/** Waits until a node is a replica. Returns an instant of the ledger after which it accepts nothing more. */
async function demoted(node: Node, ledger: Ledger): Promise<number> {
  await until(
    () => node.role(),
    ({ role }) => role === 'replica',
    { what: `${node.name} to be demoted`, withinMs: DEMOTED_WITHIN_MS },
  );
  return ledger.now();
}
