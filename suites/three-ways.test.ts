/** The ways to make a replica: its redis.conf, its command line, REPLICAOF at run time. */
import {
  expect,
  fill,
  type Node,
  noPings,
  saving,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test('made by its redis.conf, its command line or REPLICAOF at run time, a replica ends in the same state [N21]', async ({
  deployment,
}) => {
  await using four = await deployment.start(
    topology([
      { name: 'master', config: noPings },
      { name: 'configured', replicaOf: 'master' },
      { name: 'started' },
      { name: 'told' },
    ]),
  );
  const [configured, started, told] = [
    four.node('configured'),
    four.node('started'),
    four.node('told'),
  ];
  await fill(four.master, { seed: 1, keys: 100 });

  await started.stop();
  await startAsReplica(started, four.master);
  await told.replicaOf(four.master);

  for (const replica of [started, told]) await expect(replica).toResync('full');
  for (const replica of [configured, started, told]) {
    await expect(replica).toConvergeWith(four.master);
    const { host, port } = (await four.link(replica, four.master)).inside;
    expect(await replica.role()).toMatchObject({ host, port, state: 'connected' });
    expect(await replica.call('CONFIG', 'GET', 'replicaof')).toEqual([
      'replicaof',
      `${host} ${port}`,
    ]);
  }
  const state = await stateOf(configured);
  expect(state).toContain('master_link_status:up');
  for (const replica of [started, told]) expect(await stateOf(replica)).toEqual(state);
});

type Way = readonly [name: string, make: (node: Node, master: Node) => Promise<void>];

const OUTSIDE_THE_FILE: readonly Way[] = [
  ['REPLICAOF at run time', (node, master) => node.replicaOf(master)],
  [
    'its command line',
    async (node, master) => {
      await node.stop();
      await startAsReplica(node, master);
    },
  ],
];

test.for(OUTSIDE_THE_FILE)(
  'what %s has said is forgotten by a restart without it [N21]',
  async ([, make], { deployment }) => {
    await using two = await deployment.start(
      topology([{ name: 'master' }, { name: 'other', config: saving }]),
    );
    const other = two.node('other');
    await fill(two.master, { seed: 1, keys: 50 });
    await make(other, two.master);
    await expect(other).toResync('full');
    await expect(other).toConvergeWith(two.master);

    await other.stop();
    await other.restart({ data: 'kept' });

    await until(
      () => other.snapshot(),
      ({ loading }) => !loading,
      { what: 'the node to load its RDB', withinMs: 5_000 },
    );
    expect(await other.role()).toMatchObject({ role: 'master' });
    await expect(other).toHoldSameData(two.master);
  },
);

test.for(OUTSIDE_THE_FILE)(
  'CONFIG REWRITE keeps what %s has said: the replica comes back as one, and continues [N21]',
  async ([, make], { deployment }) => {
    await using two = await deployment.start(
      topology([{ name: 'master' }, { name: 'other', config: saving }]),
    );
    const other = two.node('other');
    await fill(two.master, { seed: 1, keys: 50 });
    await make(other, two.master);
    await expect(other).toResync('full');
    await expect(other).toConvergeWith(two.master);

    expect(await other.call('CONFIG', 'REWRITE')).toBe('OK');
    await other.stop();
    await writeBytes(two.master, { seed: 2, bytes: 10_000 });
    await other.restart({ data: 'kept' });

    await expect(other).toResync('partial');
    await expect(other).toConvergeWith(two.master);
  },
);

/** Starts a stopped node with --replicaof. */
async function startAsReplica(node: Node, master: Node): Promise<void> {
  const { host, port } = (await node.deployment.link(node, master)).inside;
  await node.restart({ data: 'kept', args: ['--replicaof', host, String(port)] });
}

const STATE =
  /^(role|master_link_status|slave_(read_only|priority)|connected_slaves|master_replid2?|(master|second)_repl_offset|repl_backlog_(active|size)|db\d+):/;

/** What a replica says of itself, but for where it stands in the network and what it went through. */
async function stateOf(replica: Node): Promise<string[]> {
  return (await replica.info()).split('\r\n').filter((line) => STATE.test(line));
}
