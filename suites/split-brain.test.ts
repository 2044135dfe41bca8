/**
 * A master on the wrong side of a silent partition, and another that was promoted on the other: who accepts what for
 * how long, and what of it is left when the partition is over. Clients of both keep one ledger.
 */
import {
  BUSY_MS,
  type Deployment,
  expect,
  halfOpen,
  judgeLosses,
  Ledger,
  ledgerOn,
  masterWithReplicas,
  type Node,
  noPings,
  now,
  replicated,
  rolesOf,
  STOPS_WITHIN_MS,
  stopsUnheard,
  test,
  writeLedger,
} from '../helpers/suite.ts';

const WRITES = 50;
const RATE_PER_SECOND = 200;

test('without min-replicas-to-write both masters accept writes, as long as it lasts; what only the old one has is gone then [N16]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2, { config: noPings }));
  const { master, replica: heir } = three;
  const ledger = new Ledger(now);
  await using minority = await writeLedger(master, ledger, { ratePerSecond: RATE_PER_SECOND });
  await minority.goesOn(WRITES);

  const split = await splitOff(three, ledger);
  await using majority = await writeLedger(heir, ledger, { ratePerSecond: RATE_PER_SECOND });
  for (let time = 0; time < 3; time += 1) {
    await Promise.all([minority, majority].map((clients) => clients.goesOn(WRITES)));
    expect(await rolesOf(master, heir)).toEqual(['master', 'master']);
  }
  await Promise.all([minority.stop(), majority.stop()]);
  const untilMs = ledger.now();
  const onlyOnMaster = await reunite(three, split);

  const judgement = judgeLosses(three, ledger.writes, await ledgerOn(master), [
    { node: 'master', cause: 'the partition', fromMs: split.fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
  expect(judgement.outcomes).toMatchObject({ failed: 0, unknown: 0 });
  expect(judgement.lost.map(({ write }) => write.id).sort()).toEqual(onlyOnMaster);
  expect(judgement.lost.length).toBeGreaterThanOrEqual(3 * WRITES);
});

test('min-replicas-to-write with a lag of 1 s: the old master stops within 3 s, and exactly what it accepted until then is gone [N16]', async ({
  deployment,
}) => {
  const config = { ...noPings, ...stopsUnheard };
  await using three = await deployment.start(masterWithReplicas(2, { config }));
  const { master, replica: heir } = three;
  const ledger = new Ledger(now);
  await using minority = await writeLedger(master, ledger, { ratePerSecond: RATE_PER_SECOND });
  await minority.goesOn(WRITES);

  const split = await splitOff(three, ledger);
  await using majority = await writeLedger(heir, ledger, { ratePerSecond: RATE_PER_SECOND });
  await Promise.all([minority.goesOn(WRITES, 'failed'), majority.goesOn(WRITES)]);
  expect(minority.lastError).toBe('NOREPLICAS Not enough good replicas to write.');
  expect(await rolesOf(master, heir)).toEqual(['master', 'master']);
  await Promise.all([minority.stop(), majority.stop()]);
  const onlyOnMaster = await reunite(three, split);

  const { fromMs, silentAtMs } = split;
  const untilMs = ledger.refusedAtMs('master', silentAtMs) ?? fromMs;
  const judgement = judgeLosses(three, ledger.writes, await ledgerOn(master), [
    { node: 'master', cause: 'the partition', fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
  expect(judgement.outcomes.unknown).toBe(0);
  expect(judgement.lost.map(({ write }) => write.id).sort()).toEqual(onlyOnMaster);
  expect(judgement.lost.length).toBeGreaterThan(0);
  expect(judgement.lostForMs).toBeLessThanOrEqual(STOPS_WITHIN_MS + BUSY_MS);
});

/**
 * Silence between the master and both replicas; the first of them is promoted, the other follows it. What the master
 * had acknowledged before `fromMs` is on both; from `silentAtMs` on it hears neither.
 */
async function splitOff({ master, replicas }: Deployment, ledger: Ledger) {
  const fromMs = await replicated(master, ledger, 2);
  const [heir, sibling] = replicas as [Node, Node];
  // The heir is the last: it holds all that its sibling holds.
  const outages = [
    await sibling.link.apply(halfOpen('both')),
    await heir.link.apply(halfOpen('both')),
  ];
  const silentAtMs = ledger.now();
  await heir.promote();
  await sibling.replicaOf(heir);
  await expect(sibling).toResync('partial');
  return { fromMs, silentAtMs, outages };
}

/** Ends the partition: the old master becomes a replica of the new one. Returns what it alone had of the ledger. */
async function reunite(
  { master, replicas }: Deployment,
  { outages }: Awaited<ReturnType<typeof splitOff>>,
): Promise<string[]> {
  const [heir, sibling] = replicas as [Node, Node];
  for (const outage of outages) await outage.heal();
  const [ofMaster, ofHeir] = await Promise.all([ledgerOn(master), ledgerOn(heir)]);

  await master.replicaOf(heir);
  await expect(master).toResync('full', { reason: 'second-offset-exceeded' });
  await expect(master.call('SET', 'marker', '2')).rejects.toThrow('READONLY');
  for (const replica of [master, sibling]) await expect(replica).toConvergeWith(heir);
  return ofMaster.filter((id) => !ofHeir.includes(id)).sort();
}
