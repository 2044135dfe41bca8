/**
 * What an event costs a whole tree, in resyncs: counted by every node itself (INFO sync_full, sync_partial_ok), and
 * exact. Without PINGs: who has one more than a new upstream could not be continued by it.
 */
import {
  chain,
  cut,
  type Deployment,
  expect,
  load,
  masterWithReplicas,
  type Node,
  noPings,
  seeded,
  syncCounts,
  test,
  tree,
  writeBytes,
} from '../helpers/suite.ts';

const ofDepth3 = tree(
  { left: { 'left-1': { 'left-1-1': {} }, 'left-2': {} }, right: {} },
  { config: noPings },
);
const ofDepth4 = chain(4, { config: noPings });

test.for([
  {
    shape: 'a tree of depth 3',
    topology: ofDepth3,
    replicasOf: { master: 2, left: 2, 'left-1': 1 },
  },
  {
    shape: 'a chain of depth 4',
    topology: ofDepth4,
    replicasOf: { master: 1, 'replica-1': 1, 'replica-2': 1, 'replica-3': 1 },
  },
])(
  '$shape: each link cut in turn under load costs one partial resync [N10] [P7]',
  async ({ topology, replicasOf }, { deployment }) => {
    await using all = await deployment.start(topology);
    const grown = await syncCounts(all);
    expect(grown, 'a full resync per replica to begin with').toEqual(each(replicasOf, 'full'));
    await using writes = await load(all.master, { seed: 1, ratePerSecond: 200, floor: 100 });

    for (const replica of all.replicas) {
      const outage = await replica.link.apply(cut());
      await writes.goesOn(20);
      await outage.heal();
      await expect(replica).toResync('partial');
      expect(missedBytes(all, replica), 'bytes missed in the outage').toBeGreaterThan(0);
    }
    await writes.stop();

    for (const replica of all.replicas) await expect(replica).toConvergeWith(all.master);
    expect(await syncCounts(all, grown)).toEqual(each(replicasOf, 'partial'));
  },
);

test('all links of a chain of depth 4 cut at once, healed from the end: one partial resync each [N10]', async ({
  deployment,
}) => {
  await using line = await deployment.start(ofDepth4);
  const grown = await syncCounts(line);
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);

  const outages = [];
  for (const replica of line.replicas) outages.push(await replica.link.apply(cut()));
  await writeBytes(line.master, { seed: 2, bytes: 50_000 });
  for (const outage of outages.reverse()) await outage.heal();

  for (const replica of line.replicas) {
    await expect(replica).toResync('partial');
    await expect(replica).toConvergeWith(line.master);
  }
  expect(await syncCounts(line, grown)).toEqual({
    master: { partial: 1 },
    'replica-1': { partial: 1 },
    'replica-2': { partial: 1 },
    'replica-3': { partial: 1 },
  });
});

test('a middle node is promoted: its subtree and, if it wrote nothing more, its old master continue with it [N10] [N12]', async ({
  deployment,
}) => {
  await using all = await deployment.start(ofDepth3);
  const { grown, heir } = await cutOffHeir(all);

  await heir.promote();
  for (const name of ['left-1', 'left-1-1', 'left-2']) {
    await expect(all.node(name)).toResync('partial');
  }
  await writeBytes(heir, { seed: 2, bytes: 20_000 });
  expect(await syncCounts(all, grown)).toEqual({ left: { partial: 2 }, 'left-1': { partial: 1 } });

  await all.master.replicaOf(heir);
  await expect(all.master).toResync('partial');
  await expect(all.node('right')).toResync('partial');

  for (const node of [all.master, ...all.replicas.filter((replica) => replica !== heir)]) {
    await expect(node).toConvergeWith(heir);
  }
  expect(await syncCounts(all, grown)).toEqual({
    left: { partial: 3 },
    'left-1': { partial: 1 },
    master: { partial: 1 },
  });
});

test('an old master with one write that its heir has not seen makes a full resync, and all below it; the write is gone [N12]', async ({
  deployment,
}) => {
  await using all = await deployment.start(ofDepth3);
  const { grown, heir } = await cutOffHeir(all);
  await all.master.call('SET', 'unseen', '1');
  await expect(all.node('right')).toConvergeWith(all.master);

  await heir.promote();
  await all.master.replicaOf(heir);

  await expect(all.master).toResync('full', { reason: 'second-offset-exceeded' });
  await expect(all.node('right')).toResync('full', { reason: 'replication-id-mismatch' });
  for (const node of [all.master, ...all.replicas.filter((replica) => replica !== heir)]) {
    await expect(node).toConvergeWith(heir);
    expect(await node.call('EXISTS', 'unseen')).toBe(0);
  }
  expect(await syncCounts(all, grown)).toEqual({
    left: { full: 1, partial: 2 },
    'left-1': { partial: 1 },
    master: { full: 1 },
  });
});

const TURNS = 4;
const BREAKS = 2;

test.for([1, 2])(
  'five nodes, masters at random, links broken at random under load: four full resyncs in all, those of the start (seed %i) [P2]',
  async (seed, { deployment }) => {
    await using five = await deployment.start(masterWithReplicas(4, { config: noPings }));
    expect(await syncCounts(five)).toEqual({ master: { full: 4 } });
    for (const replica of five.replicas) await expect(replica).toConvergeWith(five.master);
    const random = seeded(seed).fork('masters');
    const partial = new Map<Node, number>();

    let { master } = five;
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const heir = random.pick(five.nodes.filter((node) => node !== master));
      await takesOver(five, heir, master);
      master = heir;
      expect(await master.call('INCR', 'masters')).toBe(turn);
      const others = five.nodes.filter((node) => node !== master);

      await using writes = await load(master, { seed: turn, ratePerSecond: 500, floor: 40 });
      for (let breaks = 1; breaks <= BREAKS; breaks += 1) {
        const replica = random.pick(others);
        const outage = await (await five.link(replica, master)).apply(cut());
        await writes.goesOn(20);
        await outage.heal();
        await expect(replica).toResync('partial');
      }
      await writes.stop();
      for (const other of others) await expect(other).toConvergeWith(master);
      partial.set(master, (partial.get(master) ?? 0) + others.length + BREAKS);
    }

    const expected = five.nodes.flatMap((node) => {
      const counts = { ...(node === five.master && { full: 4 }), partial: partial.get(node) };
      return partial.has(node) || node === five.master ? [[node.name, counts]] : [];
    });
    expect(await syncCounts(five)).toEqual(Object.fromEntries(expected));
  },
);

/** Makes a node the master of all others, none of which has more than it. */
async function takesOver(five: Deployment, heir: Node, before: Node): Promise<void> {
  await heir.promote();
  // The old master last: who still hangs on it when it takes the new history over comes back to it once more.
  const siblings = five.nodes.filter((node) => node !== heir && node !== before);
  for (const others of [siblings, [before]]) {
    await Promise.all(others.map((other) => other.replicaOf(heir)));
    for (const other of others) await expect(other).toResync('partial');
  }
}

/** The node `left` is to be promoted: it holds all that its master has, and hears of it no more. */
async function cutOffHeir(all: Deployment) {
  await writeBytes(all.master, { seed: 1, bytes: 20_000 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(all.master);
  const grown = await syncCounts(all);
  const heir = all.node('left');
  await heir.link.apply(cut());
  return { grown, heir };
}

/** So many resyncs of a kind served by each, as syncCounts tells them. */
function each(counts: Readonly<Record<string, number>>, kind: 'full' | 'partial') {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, { [kind]: count }]),
  );
}

function missedBytes(deployment: Deployment, replica: Node): number | undefined {
  return deployment.resyncsOf(replica).at(-1)?.backlogBytes;
}
