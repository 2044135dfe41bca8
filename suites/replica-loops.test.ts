/** Replicas that are given each other, or themselves, as upstream: nobody is there to follow, and nothing is lost. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  chain,
  expect,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  now,
  syncCounts,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const TRIED_WITHIN_MS = 20_000;
/** Replicas try again once a second; the first time, and the first after a loss, at once. */
const AT_ONCE = 2;

test('a replica of its own replica: both stand still with their data, and go on when one has the root again [N11]', async ({
  deployment,
}) => {
  const staysUp = can(deployment.target, 'replicas-kept-in-a-move');
  await using line = await deployment.start(chain(2, { config: noPings }));
  const [one, other] = [line.node('replica-1'), line.node('replica-2')];
  await fill(line.master, { seed: 1, keys: 50 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  const grown = await syncCounts(line);
  const [{ offset }, tries] = [await line.master.snapshot(), attemptsOf(one, other)];

  await one.replicaOf(other);

  // Each takes the other for connected to a master, and neither hears of one any more.
  if (staysUp) await expect(one).toResync('partial');
  else await tries.reach(3);
  for (const node of [one, other]) await expect(node).toHoldSameData(line.master);
  await writeBytes(line.master, { seed: 2, bytes: 20_000 });
  for (const node of [one, other]) {
    expect(await node.snapshot()).toMatchObject({
      offset,
      upstream: { link: staysUp ? 'up' : 'down' },
    });
  }
  tries.wereFew();

  await one.replicaOf(line.master);
  await expect(one).toResync('partial');
  if (staysUp) await expect(other).toHaveStayedInSync();
  else await expect(other).toResync('partial');
  for (const node of [one, other]) await expect(node).toConvergeWith(line.master);
  expect(await syncCounts(line, grown)).toEqual({
    master: { partial: 1 },
    ...(staysUp ? { 'replica-2': { partial: 1 } } : { 'replica-1': { partial: 1 } }),
  });
});

test('two replicas of each other that miss PINGs try again once per timeout, never by a full resync [N11]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: noPings }));
  const [one, other] = [line.node('replica-1'), line.node('replica-2')];
  await fill(line.master, { seed: 1, keys: 50 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  const grown = await syncCounts(line);
  const tries = attemptsOf(one, other);

  await one.replicaOf(other);
  for (const node of [one, other]) await node.call('CONFIG', 'SET', 'repl-timeout', 1);
  await tries.reach(2);
  for (const node of [one, other]) {
    await expect(node).toHoldSameData(line.master);
    await node.call('CONFIG', 'SET', 'repl-timeout', 60);
  }
  tries.wereFew();

  await one.replicaOf(line.master);
  await writeBytes(line.master, { seed: 2, bytes: 20_000 });
  for (const node of [one, other]) {
    await expect(node).toConvergeWith(line.master);
    await line.logsComplete();
    const times = line.unjudgedResyncsOf(node).length;
    if (times > 0) await expect(node).toResync('partial', { times });
  }
  for (const { full } of Object.values(await syncCounts(line, grown))) expect(full).toBeUndefined();
});

test.for(['master', 'replica-1'])(
  'the %s made a replica of itself is refused by itself once a second, keeps its data, and goes on as what it was [N11]',
  async (name, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    const node = pair.node(name);
    await fill(pair.master, { seed: 1, keys: 50 });
    await expect(pair.replica).toConvergeWith(pair.master);
    const [grown, tries] = [await syncCounts(pair), attemptsOf(node)];

    await node.replicaOf(node);
    await tries.reach(3);
    expect(await node.snapshot()).toMatchObject({ role: 'replica', upstream: { link: 'down' } });
    await expect(node.call('SET', 'key', 'value')).rejects.toThrow('READONLY');
    await expect(pair.replica).toHoldSameData(pair.master);
    tries.wereFew();

    if (node === pair.master) await node.promote();
    else await node.replicaOf(pair.master);
    await expect(pair.replica).toResync('partial');
    await writeBytes(pair.master, { seed: 2, bytes: 20_000 });
    await expect(pair.replica).toConvergeWith(pair.master);
    expect(await syncCounts(pair, grown)).toEqual({ master: { partial: 1 } });
  },
);

/** How often nodes try to reach an upstream from now on, by their logs. */
function attemptsOf(...nodes: readonly Node[]) {
  const startedAtMs = now();
  const logged = ({ server }: Node): number =>
    server.log.lines.filter(({ text }) => /^(Rec|C)onnecting to (MASTER|PRIMARY) /.test(text))
      .length;
  const before = nodes.map(logged);
  const since = (): number[] => nodes.map((node, index) => logged(node) - (before[index] ?? 0));
  return {
    /** Waits until each has tried so often. */
    reach: (times: number) =>
      until(since, (counts) => counts.every((count) => count >= times), {
        what: `${nodes.map(({ name }) => name).join(' and ')} to try ${times} times`,
        withinMs: TRIED_WITHIN_MS,
      }),
    /** None of them has tried more than once a second. */
    wereFew: () => {
      const seconds = (now() - startedAtMs) / 1_000;
      for (const count of since()) expect(count).toBeLessThanOrEqual(seconds + AT_ONCE);
    },
  };
}
