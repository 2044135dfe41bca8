/**
 * What the acknowledgement of a write is worth when its master is cut off and a replica is promoted by hand. Clients
 * keep a ledger of what they were told; what is left of it in the end is held against what was promised.
 */
import {
  cut,
  type Deployment,
  expect,
  judgeLedger,
  judgeLosses,
  Ledger,
  ledgerOn,
  type Node,
  noPings,
  now,
  replicated,
  test,
  topology,
  until,
  writeLedger,
} from '../helpers/suite.ts';

const WRITES = 40;
const RATE_PER_SECOND = 400;
const GONE_WITHIN_MS = 15_000;

/** Who is left with the master and its clients. The heir is not. */
type Minority = readonly 'sibling'[];

test.for<{ told: string; waitFor: number; minority: Minority; keeps?: number; breaks?: true }>([
  { told: 'without WAIT all of it is lost', waitFor: 0, minority: [] },
  {
    told: 'WAIT 1 tells that nobody has it, and what the heir has confirmed is kept',
    waitFor: 1,
    minority: [],
    keeps: 1,
  },
  {
    told: 'WAIT 1 is worth nothing where another has confirmed it than the heir',
    waitFor: 1,
    minority: ['sibling'],
    breaks: true,
  },
  {
    told: 'WAIT for all tells that one has it only, and what all have confirmed is kept',
    waitFor: 2,
    minority: ['sibling'],
    keeps: 2,
    breaks: true,
  },
])(
  'a master that is cut off from its heir goes on acknowledging: $told [N15]',
  async ({ waitFor, minority, keeps, breaks = false }, { deployment }) => {
    await using three = await deployment.start(family());
    const ledger = new Ledger(now);
    await using clients = await writeLedger(three.master, ledger, {
      ratePerSecond: RATE_PER_SECOND,
      ...(waitFor > 0 && { confirmation: { replicas: waitFor, withinMs: 500 } }),
    });
    await clients.goesOn(WRITES);

    const partition = await cutOff(three, ledger, minority);
    await clients.goesOn(WRITES);
    await clients.stop();
    const window = { ...partition.window, untilMs: ledger.now() };
    const { onlyOnMaster, left } = await replaceMaster(three, partition.outages, minority);

    const judgement = judgeLosses(three, ledger.writes, left, [
      { ...window, ...(keeps !== undefined && { keepsConfirmedBy: keeps }) },
    ]);
    expect(judgement.objections).toEqual([]);
    expect(judgement.outcomes).toMatchObject({ failed: 0, unknown: 0 });
    expect(ids(judgement.lost)).toEqual(onlyOnMaster);
    expect(judgement.lost.length).toBeGreaterThanOrEqual(WRITES);
    const ofOne = judgeLedger(ledger.writes, left, [{ ...window, keepsConfirmedBy: 1 }]);
    expect(ofOne.objections.length > 0, 'what one has confirmed is lost').toBe(breaks);
  },
);

test.for<{ atLeast: number; minority: Minority }>([
  { atLeast: 1, minority: [] },
  { atLeast: 2, minority: ['sibling'] },
])(
  'min-replicas-to-write $atLeast: a master left with fewer acknowledges nothing more, and loses what was under way at most [N15]',
  async ({ atLeast, minority }, { deployment }) => {
    await using three = await deployment.start(family({ 'min-replicas-to-write': atLeast }));
    const ledger = new Ledger(now);
    await using clients = await writeLedger(three.master, ledger, {
      ratePerSecond: RATE_PER_SECOND,
    });
    await clients.goesOn(WRITES);

    const partition = await cutOff(three, ledger, minority);
    await clients.goesOn(WRITES, 'failed');
    await clients.stop();
    expect(clients.lastError).toBe('NOREPLICAS Not enough good replicas to write.');
    const { onlyOnMaster, left } = await replaceMaster(three, partition.outages, minority);

    const { window } = partition;
    const untilMs = ledger.refusedAtMs('master', window.fromMs) ?? window.fromMs;
    const judgement = judgeLosses(three, ledger.writes, left, [{ ...window, untilMs }]);
    expect(judgement.objections).toEqual([]);
    expect(judgement.outcomes.unknown).toBe(0);
    expect(ids(judgement.lost)).toEqual(onlyOnMaster);
  },
);

test('a master is killed under writes: what a replica has confirmed is kept by the one that has most [N15]', async ({
  deployment,
}) => {
  await using three = await deployment.start(family());
  const { master, replicas } = three;
  const ledger = new Ledger(now);
  await using clients = await writeLedger(master, ledger, {
    confirmation: { replicas: 1, withinMs: 1_000 },
  });
  await clients.goesOn(WRITES);

  const fromMs = await replicated(master, ledger, 2);
  await clients.goesOn(WRITES);
  await master.kill();
  await clients.goesOn(1, 'failed');
  await clients.stop();
  const untilMs = ledger.now();
  const [heir, other] = (await byOffset(replicas)) as [Node, Node];
  await heir.promote();
  await other.replicaOf(heir);
  await expect(other).toResync('partial');
  await master.restart({ data: 'lost' });
  await master.replicaOf(heir);
  await expect(master).toResync('full');
  for (const one of [other, master]) await expect(one).toConvergeWith(heir);

  const confirmed = ledger.writes.filter(({ confirmedBy = 0 }) => confirmedBy > 0);
  expect(confirmed.length).toBeGreaterThanOrEqual(WRITES);
  const judgement = judgeLosses(three, ledger.writes, await ledgerOn(master), [
    { node: 'master', cause: 'its end', fromMs, untilMs, keepsConfirmedBy: 1 },
  ]);
  expect(judgement.objections).toEqual([]);
});

/** Those that have most of their master’s stream first, once none has more to come of it. */
async function byOffset(replicas: readonly Node[]): Promise<readonly Node[]> {
  const seen = await until(
    () => Promise.all(replicas.map((replica) => replica.snapshot())),
    (snapshots) => snapshots.every(({ upstream }) => upstream?.link === 'down'),
    { what: 'replicas to see that their master is gone', withinMs: GONE_WITHIN_MS },
  );
  const offset = (replica: Node): number => seen[replicas.indexOf(replica)]?.offset ?? 0;
  return replicas.toSorted((a, b) => offset(b) - offset(a));
}

function family(masterConfig: Readonly<Record<string, number>> = {}) {
  return topology([
    { name: 'master', config: { ...noPings, ...masterConfig } },
    { name: 'sibling', replicaOf: 'master', config: noPings },
    { name: 'heir', replicaOf: 'master', config: noPings },
  ]);
}

/** Cuts the master off from all but the minority. What it acknowledged before then is on both replicas. */
async function cutOff(three: Deployment, ledger: Ledger, minority: Minority) {
  const fromMs = await replicated(three.master, ledger, 2);
  const outages = [];
  // The heir is the last: it holds all that another on its side holds.
  for (const { name, link } of three.replicas) {
    if (!minority.some((one) => one === name)) outages.push(await link.apply(cut()));
  }
  return { window: { node: 'master', cause: 'the partition', fromMs }, outages };
}

type Outages = Awaited<ReturnType<typeof cutOff>>['outages'];

/** Promotes the heir and makes all others its replicas: by a full resync who has what it has not. */
async function replaceMaster(three: Deployment, outages: Outages, minority: Minority) {
  const { master } = three;
  const heal = () => Promise.all(outages.map((outage) => outage.heal()));
  const [heir, sibling] = [three.node('heir'), three.node('sibling')];
  await heir.promote();
  const [ofMaster, ofHeir] = await Promise.all([ledgerOn(master), ledgerOn(heir)]);
  const onlyOnMaster = ofMaster.filter((id) => !ofHeir.includes(id)).sort();
  const ahead = onlyOnMaster.length > 0 ? 'full' : 'partial';

  if (minority.length > 0) await heal();
  await sibling.replicaOf(heir);
  await expect(sibling).toResync(minority.length > 0 ? ahead : 'partial');
  if (minority.length === 0) await heal();
  await master.replicaOf(heir);
  await expect(master).toResync(ahead);
  for (const other of [sibling, master]) await expect(other).toConvergeWith(heir);
  return { onlyOnMaster, left: await ledgerOn(master) };
}

function ids(lost: ReturnType<typeof judgeLedger>['lost']): string[] {
  return lost.map(({ write }) => write.id).sort();
}
