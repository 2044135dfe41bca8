import { can } from '../helpers/deployment/capabilities.ts';
import {
  bandwidth,
  cut,
  expect,
  masterWithReplicas,
  type Node,
  noPings,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const BACKLOG_BYTES = 65_536;
/** What a backlog holds beyond its size when nobody is slow, and what a server needs for a client. */
const SLACK_BYTES = 262_144;
/** What a slow replica has yet to be sent, at least. */
const HELD_BYTES = 8_000_000;
const config = {
  ...noPings,
  'repl-backlog-size': BACKLOG_BYTES,
  'client-output-buffer-limit': 'replica 0 0 0',
};
const clogged = bandwidth('downstream', { kilobytesPerSecond: 10 });

test.for([
  { end: 'heals', how: 'has caught up' },
  { end: 'dies', how: 'is killed' },
] as const)(
  'what two slow replicas have yet to be sent is kept once; the end of one frees nothing that the other needs; all is freed when the last $how [P12]',
  async ({ end }, { deployment }) => {
    await using three = await deployment.start(masterWithReplicas(2, { config }));
    const { master } = three;
    const [first, second] = [three.node('replica-1'), three.node('replica-2')];
    await first.link.apply(clogged);
    const narrow = await second.link.apply(clogged);

    await writeUntilHeld(master, [HELD_BYTES, HELD_BYTES]);

    // Until redis/redis#9166 each replica had a copy of its own.
    const isShared = can(deployment.target, 'shared-replica-buffer');
    await buffersTake(master, ([larger = 0, smaller = 0]) =>
      isShared ? larger : larger + smaller,
    );
    await first.link.apply(cut());
    await writeUntilHeld(master, [HELD_BYTES]);
    await buffersTake(master, ([left = 0]) => left);
    if (isShared) {
      const { backlog } = await master.snapshot();
      expect(backlog.histlenBytes).toBeGreaterThan(HELD_BYTES);
    }
    if (end === 'heals') {
      await narrow.heal();
      await expect(second).toConvergeWith(master, { withinMs: 30_000 });
      await expect(second).toHaveStayedInSync();
    } else {
      await second.kill();
      await until(
        () => heldOf(master),
        ({ length }) => length === 0,
        { what: `${master.name} to see the last replica gone`, withinMs: 15_000 },
      );
    }
    await buffersTake(master, () => 0);
    await backlogShrinks(master);
  },
);

test('a backlog that a slow replica holds beyond its size serves another one from there, and shrinks when the slow one is gone [P13]', async ({
  deployment,
}) => {
  await using three = await deployment.start(masterWithReplicas(2, { config }));
  const [slow, other] = [three.node('replica-1'), three.node('replica-2')];
  const narrow = await slow.link.apply(clogged);
  await writeUntilHeld(three.master, [HELD_BYTES, 0]);
  await expect(other).toConvergeWith(three.master);

  const outage = await other.link.apply(cut());
  const { offset: before } = await three.master.snapshot();
  await writeBytes(three.master, { seed: 1, bytes: 1_000_000 });
  const { offset: after, backlog } = await three.master.snapshot();
  await outage.heal();

  if (can(deployment.target, 'shared-replica-buffer')) {
    expect(backlog.histlenBytes).toBeGreaterThan(BACKLOG_BYTES + SLACK_BYTES);
    expect(backlog.firstByteOffset).toBeLessThanOrEqual(before + 1);
    await expect(other).toResync('partial', { reason: 'in-backlog' });
    expect(three.resyncsOf(other).at(-1)).toMatchObject({ backlogBytes: after - before });
  } else {
    expect(backlog.histlenBytes).toBe(BACKLOG_BYTES);
    await expect(other).toResync('full', { reason: 'lack-of-backlog' });
  }
  await expect(other).toConvergeWith(three.master);

  const gone = await slow.link.apply(cut());
  await backlogShrinks(three.master);
  await gone.heal();
  await narrow.heal();
  await expect(slow).toResync('full', { reason: 'lack-of-backlog', withinMs: 30_000 });
});

async function backlogShrinks(node: Node): Promise<void> {
  await until(
    async () => (await node.snapshot()).backlog.histlenBytes,
    (bytes) => bytes < BACKLOG_BYTES + SLACK_BYTES,
    { what: 'the backlog to shrink to its size', withinMs: 10_000 },
  );
}

/** How many bytes of the node's output each replica holds, the most first. */
async function heldOf(node: Node): Promise<number[]> {
  const replicas = (await node.clientList()).filter(({ flags }) => flags.has('S'));
  return replicas.map(({ outputBytes }) => outputBytes).sort((a, b) => b - a);
}

/** Writes until as many replicas as there are bounds each hold as much, the most first. */
async function writeUntilHeld(node: Node, bounds: readonly number[]): Promise<void> {
  let seed = 0;
  await until(
    async () => {
      seed += 1;
      await writeBytes(node, { seed, bytes: 1_000_000, valueBytes: 100_000 });
      return heldOf(node);
    },
    (held) => held.length === bounds.length && held.every((one, at) => one >= (bounds[at] ?? 0)),
    {
      what: `replicas to hold ${bounds.join(' and ')} bytes of what ${node.name} sends`,
      withinMs: 45_000,
      verdict: 'inconclusive',
    },
  );
}

/**
 * Waits until the node says that output buffers of replicas take so much, by what each holds at that moment: the kernel
 * goes on taking some of it. Redis 6.0 measures once a second.
 */
async function buffersTake(node: Node, expected: (held: number[]) => number): Promise<void> {
  await until(
    async () => {
      const held = await heldOf(node);
      return { held, taken: (await node.snapshot()).replicaBuffersBytes };
    },
    ({ held, taken }) => Math.abs(taken - expected(held)) < SLACK_BYTES,
    { what: `output buffers of ${node.name} to take what is expected`, withinMs: 10_000 },
  );
}
