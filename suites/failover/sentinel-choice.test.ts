/**
 * Which replica takes the place of a master. First goes whose replica-priority is lowest, 0 excepted; among equals, who has
 * the most of the stream; then whose run id is the smallest. Who has been cut off for too long is not asked at all.
 *
 * Sentinels go by what replicas have told them, every 10 s while all is well: what a test has arranged must have reached
 * all of them before the master dies.
 */
import {
  allSee,
  cut,
  type Deployment,
  expect,
  failedOver,
  fill,
  halfOpen,
  holdElections,
  letElect,
  masterWithReplicas,
  type Node,
  noPings,
  SENTINEL_WITHIN_MS,
  sentinels,
  setOnAll,
  stillStream,
  test,
  writeBytes,
} from '../../helpers/suite.ts';

/** A replica that is slow to answer for so long is not chosen, and machines are busy. */
const PATIENT = { downAfterMs: 3_000 };
const NOT_YET_MS = 3_600_000;

test('replicas that are equal in all else: the smallest run id is promoted [N18]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(3, { config: noPings }), PATIENT),
  );
  const { master } = all;
  await fill(master, { seed: 1, keys: 50 });
  await stillStream(all);
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
  const { offset } = await master.snapshot();
  await allSee(all, 'equal offsets', (seen) =>
    all.replicas.every(({ name }) => seen[name]?.offset === offset),
  );
  const [first, ...others] = await byRunId(all);

  await holdElections(all);
  await master.kill();
  await letElect(all);

  expect((await failedOver(all, master)).name).toBe(first?.name);
  for (const other of others) {
    await expect(other).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  }
});

test('among equal priorities who has the most data is promoted, whatever the run ids; the other lacks nothing then [N18]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), PATIENT),
  );
  const { master } = all;
  const [behind, ahead] = (await byRunId(all)) as [Node, Node];
  await using silence = await fallBehind(all, behind, ahead);

  await holdElections(all);
  await master.kill();
  await letElect(all);

  expect(await failedOver(all, master)).toBe(ahead);
  await expect(behind).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  await expect(behind).toConvergeWith(ahead);
  expect(silence.effect).toMatch(/^silent /);
});

test('a lower replica-priority is promoted before more data: what only the other has is lost [N18]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), PATIENT),
  );
  const { master } = all;
  const [ahead, behind] = (await byRunId(all)) as [Node, Node];
  await behind.call('CONFIG', 'SET', 'replica-priority', 10);
  await using silence = await fallBehind(all, behind, ahead);
  await allSee(all, 'the priority', (seen) => seen[behind.name]?.priority === 10);

  await holdElections(all);
  await master.kill();
  await letElect(all);

  expect(await failedOver(all, master)).toBe(behind);
  await expect(ahead).toResync('full', {
    reason: 'second-offset-exceeded',
    withinMs: SENTINEL_WITHIN_MS,
  });
  await expect(ahead).toConvergeWith(behind);
  expect(silence.effect).toMatch(/^silent /);
});

test('a replica cut off for longer than ten times down-after-milliseconds is not promoted, whatever its priority [N18]', async ({
  deployment,
}) => {
  const downAfterMs = 1_500;
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), { downAfterMs: NOT_YET_MS }),
  );
  const { master, replicas } = all;
  const [stale, fresh] = replicas as [Node, Node];
  await stale.call('CONFIG', 'SET', 'replica-priority', 10);
  await stillStream(all);
  const outage = await stale.link.apply(cut());
  await allSee(all, 'it cut off for too long, and preferred if it were not', (seen) => {
    const { linkDownForMs = 0, priority, flags = [] } = seen[stale.name] ?? {};
    return linkDownForMs > 12 * downAfterMs && priority === 10 && !flags.includes('s_down');
  });

  // So short a time only now: while nothing was to happen, a busy machine might have outlasted it.
  await setOnAll(all, { 'down-after-milliseconds': downAfterMs });
  await holdElections(all);
  await master.kill();
  await letElect(all, { among: [fresh] });

  expect(await failedOver(all, master)).toBe(fresh);
  await expect(stale).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  await outage[Symbol.asyncDispose]();
});

/** The smallest first, as Sentinels compare them. */
async function byRunId({ replicas }: Deployment): Promise<Node[]> {
  const known = await Promise.all(
    replicas.map(async (node) => ({ node, runId: (await node.snapshot()).runId })),
  );
  return known.sort((a, b) => (a.runId < b.runId ? -1 : 1)).map(({ node }) => node);
}

/** Silence on the link of one replica, and writes that only the other gets: until all Sentinels know. */
async function fallBehind(all: Deployment, behind: Node, ahead: Node) {
  const { master } = all;
  await fill(master, { seed: 1, keys: 50 });
  await stillStream(all);
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
  const silence = await behind.link.apply(halfOpen('downstream'));
  await writeBytes(master, { seed: 2, bytes: 50_000 });
  await expect(ahead).toConvergeWith(master);
  const { offset } = await master.snapshot();
  await allSee(all, `${ahead.name} ahead of ${behind.name}`, (seen) => {
    const [more, less] = [seen[ahead.name], seen[behind.name]];
    return more?.offset === offset && less !== undefined && less.offset <= offset - 50_000;
  });
  return silence;
}
