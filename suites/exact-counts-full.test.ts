/**
 * What a full resync in a tree costs all of it, in resyncs: whoever makes it has no backlog left for those below, so each
 * of them makes one as well, once; nobody else makes any. Counted by every node itself, and exact.
 */
import {
  chain,
  cut,
  type Deployment,
  expect,
  load,
  type Node,
  noPings,
  syncCounts,
  test,
  tree,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const config = { ...noPings, 'repl-backlog-size': 16_384 };
const ofDepth3 = tree(
  { left: { 'left-1': { 'left-1-1': {} }, 'left-2': {} }, right: {} },
  { config },
);
const ofDepth4 = chain(4, { config });

test.for([
  {
    shape: 'a tree of depth 3',
    topology: ofDepth3,
    where: 'just below the root',
    name: 'left',
    upstream: 'master',
    below: ['left-1', 'left-1-1', 'left-2'],
    served: { master: { full: 1 }, left: { full: 2 }, 'left-1': { full: 1 } },
  },
  {
    shape: 'a tree of depth 3',
    topology: ofDepth3,
    where: 'in the middle',
    name: 'left-1',
    upstream: 'left',
    below: ['left-1-1'],
    served: { left: { full: 1 }, 'left-1': { full: 1 } },
  },
  {
    shape: 'a chain of depth 4',
    topology: ofDepth4,
    where: 'just below the root',
    name: 'replica-1',
    upstream: 'master',
    below: ['replica-2', 'replica-3', 'replica-4'],
    served: {
      master: { full: 1 },
      'replica-1': { full: 1 },
      'replica-2': { full: 1 },
      'replica-3': { full: 1 },
    },
  },
  {
    shape: 'a chain of depth 4',
    topology: ofDepth4,
    where: 'in the middle',
    name: 'replica-2',
    upstream: 'replica-1',
    below: ['replica-3', 'replica-4'],
    served: { 'replica-1': { full: 1 }, 'replica-2': { full: 1 }, 'replica-3': { full: 1 } },
  },
])(
  '$shape, a node $where is cut off until the backlog is overrun, under load: one full resync for it and for each below it, none else [N10]',
  async ({ topology, name, upstream, below, served }, { deployment }) => {
    await using all = await deployment.start(topology);
    const node = all.node(name);
    const grown = await syncCounts(all);
    await using writes = await load(all.master, { seed: 1, ratePerSecond: 200, floor: 100 });
    await writes.goesOn(50);

    const outage = await node.link.apply(cut());
    await overrun(all, node, all.node(upstream));
    await outage.heal();

    await expect(node).toResync('full', { reason: 'lack-of-backlog' });
    for (const one of below) {
      await expect(all.node(one)).toResync('full', { reason: 'lack-of-backlog' });
    }
    await writes.goesOn(50);
    await writes.stop();
    for (const replica of all.replicas) {
      await expect(replica).toConvergeWith(all.master);
      await expect(replica).toHaveStayedInSync();
    }
    expect(await syncCounts(all, grown)).toEqual(served);
  },
);

/** Writes more than the backlog of an upstream holds, which then has nothing left that the replica could go on from. */
async function overrun({ master }: Deployment, replica: Node, upstream: Node): Promise<void> {
  await writeBytes(master, { seed: 2, bytes: 200_000 });
  const { offset } = await replica.snapshot();
  await until(
    async () => (await upstream.snapshot()).backlog.firstByteOffset,
    (first) => first > offset + 1,
    {
      what: `the backlog of ${upstream.name} to be overrun`,
      withinMs: 20_000,
      verdict: 'inconclusive',
    },
  );
}
