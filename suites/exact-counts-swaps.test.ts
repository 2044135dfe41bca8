/**
 * Five nodes whose masters change while some lack what others have: who makes a full resync follows from the offsets,
 * and once all have made theirs, no reconnection makes another. Counted by every node itself, and exact.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  cut,
  type Deployment,
  expect,
  masterWithReplicas,
  type Node,
  noPings,
  PING_BYTES,
  type Random,
  saveRdb,
  seeded,
  syncCounts,
  test,
  tree,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const PINGS = 2;
const PINGED_WITHIN_MS = 15_000;

test.for([
  { who: 'a replica that has them', heirName: 'replica-3', fullFor: [] },
  {
    who: 'one that lacks them',
    heirName: 'replica-1',
    fullFor: ['replica-3', 'replica-4', 'master'],
  },
])(
  'two of four replicas lack the last PINGs; $who is promoted: full resyncs for who has more than it, $fullFor.length in all [P6]',
  async ({ heirName, fullFor }, { deployment }) => {
    await using five = await deployment.start(masterWithReplicas(4, { config: noPings }));
    const { master } = five;
    await writeBytes(master, { seed: 1, bytes: 20_000 });
    for (const replica of five.replicas) await expect(replica).toConvergeWith(master);
    const grown = await syncCounts(five);

    const lacking = [five.node('replica-1'), five.node('replica-2')];
    const outages = [];
    for (const { link } of lacking) outages.push(await link.apply(cut()));
    const missedBytes = await pings(master);
    const having = five.replicas.filter((replica) => !lacking.includes(replica));
    for (const replica of having) await expect(replica).toConvergeWith(master);

    const heir = five.node(heirName);
    await heir.promote();
    // The old master last: who still hangs on it when it takes the new history over comes back to it once more.
    for (const node of [...five.replicas.filter((replica) => replica !== heir), master]) {
      await node.replicaOf(heir);
      if (fullFor.includes(node.name)) {
        await expect(node).toResync('full', { reason: 'second-offset-exceeded' });
        continue;
      }
      await expect(node).toResync('partial');
      const backlogBytes = lacking.includes(node) && !lacking.includes(heir) ? missedBytes : 0;
      expect(five.resyncsOf(node).at(-1)).toMatchObject({ backlogBytes });
    }
    for (const outage of outages) await outage.heal();
    await allConverge(five, heir);
    const served = await syncCounts(five, grown);
    const [full, partial] = [fullFor.length, 4 - fullFor.length];
    expect(served).toEqual({ [heirName]: { ...(full > 0 && { full }), partial } });

    const swapped = await syncCounts(five);
    await reconnectAll(five, heir);
    await allConverge(five, heir);
    expect(await syncCounts(five, swapped)).toEqual({ [heirName]: { partial: 4 } });
  },
);

test.for([1, 2])(
  'five nodes in two random trees, another master each: no full resync but those of the start (seed %i) [P6]',
  async (seed, { deployment }) => {
    await using five = await deployment.start(masterWithReplicas(4, { config: noPings }));
    const random = seeded(seed).fork('trees');
    let { master } = five;
    let layout: Tree = new Map();
    await writeBytes(master, { seed, bytes: 20_000 });
    await allConverge(five, master);
    const grown = await syncCounts(five);

    for (let turn = 1; turn <= 2; turn += 1) {
      master = random.pick(five.nodes.filter((node) => node !== master));
      layout = await rearrange(five, master, random);
      await writeBytes(master, { seed: seed + turn, bytes: 20_000 });
      await allConverge(five, master);
      await five.logsComplete();
      for (const node of layout.keys()) {
        const times = five.unjudgedResyncsOf(node).length;
        if (times > 0) await expect(node).toResync('partial', { times });
      }
    }
    for (const { full } of Object.values(await syncCounts(five, grown)))
      expect(full).toBe(undefined);

    const last = await syncCounts(five);
    await reconnectAll(five, master);
    await allConverge(five, master);
    const upstreams = Map.groupBy(layout.values(), ({ name }) => name);
    expect(await syncCounts(five, last)).toEqual(
      Object.fromEntries([...upstreams].map(([name, { length }]) => [name, { partial: length }])),
    );
  },
);

test('a master comes back as it was saved: full for who has seen more of it, and all below [P6]', async ({
  deployment,
}) => {
  const keepsHistory = can(deployment.target, 'master-keeps-history');
  await using five = await deployment.start(
    tree({ ahead: { 'ahead-1': {} }, saved: { 'saved-1': {} } }, { config: noPings }),
  );
  const { master } = five;
  const [ahead, saved] = [five.node('ahead'), five.node('saved')];
  await writeBytes(master, { seed: 1, bytes: 20_000 });
  await allConverge(five, master);
  await saveRdb(master);
  const outage = await saved.link.apply(cut());
  await master.call('SET', 'after', 'the save');
  for (const node of [ahead, five.node('ahead-1')]) await expect(node).toConvergeWith(master);
  const { [master.name]: _, ...grown } = await syncCounts(five);

  await master.kill();
  await master.restart({ data: 'kept' });
  await outage.heal();

  const kept = keepsHistory ? 'partial' : 'full';
  await expect(ahead).toResync('full', {
    reason: keepsHistory ? 'second-offset-exceeded' : 'replication-id-mismatch',
  });
  await expect(five.node('ahead-1')).toResync('full', { reason: 'replication-id-mismatch' });
  await expect(saved).toResync(kept);
  await expect(five.node('saved-1')).toResync(kept);
  await allConverge(five, master);
  for (const node of five.nodes) expect(await node.call('EXISTS', 'after')).toBe(0);
  const served = await syncCounts(five, grown);
  expect(served).toEqual({
    master: keepsHistory ? { full: 1, partial: 1 } : { full: 2 },
    ahead: { full: 1 },
    saved: { [kept]: 1 },
  });

  const back = await syncCounts(five);
  await reconnectAll(five, master);
  await allConverge(five, master);
  expect(await syncCounts(five, back)).toEqual({
    master: { partial: 2 },
    ahead: { partial: 1 },
    saved: { partial: 1 },
  });
});

/** Replicas, each with its upstream. */
type Tree = ReadonlyMap<Node, Node>;

/** Promotes a node, and puts the others below it and below each other, one after the other, at random. */
async function rearrange(five: Deployment, master: Node, random: Random): Promise<Tree> {
  await master.promote();
  const tree = new Map<Node, Node>();
  const unplaced = five.nodes.filter((node) => node !== master);
  while (unplaced.length > 0) {
    const [node] = unplaced.splice(random.integer(0, unplaced.length - 1), 1) as [Node];
    const upstream = random.pick([master, ...tree.keys()]);
    await node.replicaOf(upstream);
    await five.inSync(node);
    tree.set(node, upstream);
  }
  return tree;
}

/** Has a master send PINGs to who is connected, and then none any more. Returns how many bytes they were. */
async function pings(master: Node): Promise<number> {
  const { offset: before } = await master.snapshot();
  await master.call('CONFIG', 'SET', 'repl-ping-replica-period', 1);
  await until(
    async () => (await master.snapshot()).offset - before,
    (bytes) => bytes >= PINGS * PING_BYTES,
    { what: `${PINGS} PINGs of ${master.name}`, withinMs: PINGED_WITHIN_MS },
  );
  await master.call('CONFIG', 'SET', 'repl-ping-replica-period', 3_600);
  const bytes = (await master.snapshot()).offset - before;
  expect(bytes % PING_BYTES, 'nothing but PINGs').toBe(0);
  return bytes;
}

/** Has every replica lose its connection, one after the other: each comes back by a partial resync. */
async function reconnectAll(five: Deployment, master: Node): Promise<void> {
  for (const node of five.nodes.filter((one) => one !== master)) {
    await five.look();
    expect(await node.call('CLIENT', 'KILL', 'TYPE', 'master')).toBe(1);
    await expect(node).toResync('partial');
  }
}

async function allConverge(five: Deployment, master: Node): Promise<void> {
  for (const node of five.nodes) if (node !== master) await expect(node).toConvergeWith(master);
}
