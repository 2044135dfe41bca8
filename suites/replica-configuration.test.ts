import {
  cut,
  expect,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  rawConnection,
  saving,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test('made by its configuration file or by REPLICAOF at run time, a replica ends in the same state [N21]', async ({
  deployment,
}) => {
  await using three = await deployment.start(
    topology([
      { name: 'master', config: noPings },
      { name: 'configured', replicaOf: 'master' },
      { name: 'told' },
    ]),
  );
  const [configured, told] = [three.node('configured'), three.node('told')];
  await fill(three.master, { seed: 1, keys: 100 });

  await told.replicaOf(three.master);

  for (const replica of [configured, told]) await expect(replica).toConvergeWith(three.master);
  const state = await stateOf(configured);
  expect(state).toContain('master_link_status:up');
  expect(await stateOf(told)).toEqual(state);
  for (const replica of [configured, told]) {
    const { host, port } = (await three.link(replica, three.master)).inside;
    expect(await replica.role()).toMatchObject({ host, port, state: 'connected' });
    expect(await replica.call('CONFIG', 'GET', 'replicaof')).toEqual([
      'replicaof',
      `${host} ${port}`,
    ]);
  }
});

test('REPLICAOF at run time is forgotten by a restart [N21]', async ({ deployment }) => {
  await using two = await deployment.start(
    topology([{ name: 'master' }, { name: 'told', config: saving }]),
  );
  const told = two.node('told');
  await fill(two.master, { seed: 1, keys: 50 });
  await told.replicaOf(two.master);
  await expect(told).toConvergeWith(two.master);

  await told.stop();
  await told.restart({ data: 'kept' });

  await until(
    () => told.snapshot(),
    ({ loading }) => !loading,
    { what: 'told to load its RDB', withinMs: 5_000 },
  );
  expect(await told.role()).toMatchObject({ role: 'master' });
  await expect(told).toHoldSameData(two.master);
});

test('CONFIG REWRITE keeps it: the replica comes back as one, and continues [N21]', async ({
  deployment,
}) => {
  await using two = await deployment.start(
    topology([{ name: 'master' }, { name: 'told', config: saving }]),
  );
  const told = two.node('told');
  await fill(two.master, { seed: 1, keys: 50 });
  await told.replicaOf(two.master);
  await expect(told).toResync('full');
  await expect(told).toConvergeWith(two.master);

  expect(await told.call('CONFIG', 'REWRITE')).toBe('OK');
  await told.stop();
  await writeBytes(two.master, { seed: 2, bytes: 10_000 });
  await told.restart({ data: 'kept' });

  await expect(told).toResync('partial');
  await expect(told).toConvergeWith(two.master);
});

test.for([
  // Redis 8 takes a directive that it does not know for a module's.
  [
    'replica-off',
    'master 6379',
    '(Bad directive|Module Configuration detected without loadmodule)',
  ],
  ['replicaof', 'master', 'wrong number of arguments'],
  ['repl-timeout', '0', 'argument must be between 1 and 2147483647 inclusive'],
  ['replica-serve-stale-data', 'perhaps', "argument must be 'yes' or 'no'"],
] as const)(
  'a server that is to start with %s %s does not, and the error has its words [N22]',
  async ([directive, value, words], { deployment }) => {
    const line = `${directive} ${value}`;
    const start = deployment.start(masterWithReplicas(0, { config: { [directive]: value } }));

    await expect(start).rejects.toThrow(
      new RegExp(
        `master ended before it answered .exit code 1.*>>> '${line}'\n[^\n]*${words}`,
        's',
      ),
    );
  },
);

test('REPLICAOF with a port that is no number is an error, and changes nothing [N22]', async ({
  deployment,
}) => {
  await using one = await deployment.start(masterWithReplicas(0));
  const before = await one.master.snapshot();

  await expect(one.master.call('REPLICAOF', '127.0.0.1', 'six')).rejects.toThrow(
    /^ERR (Invalid (master|primary) port|value is not an integer or out of range)$/,
  );

  expect(await one.master.snapshot()).toMatchObject({ role: 'master', replid: before.replid });
});

test.for([
  { config: { masterauth: 'wrong' }, line: /^Unable to AUTH to (MASTER|PRIMARY): -WRONGPASS / },
  { config: {}, line: /aborted replication with an error: NOAUTH / },
])(
  'a replica with $config on a master with a password: the link stays down, its log says why [N22]',
  async ({ config, line }, { deployment }) => {
    const requirepass = { requirepass: 'right' };
    await using two = await deployment.start(
      topology([
        { name: 'master', config: requirepass },
        { name: 'other', config },
      ]),
    );
    const other = two.node('other');
    await other.call('SET', 'own', '1');

    await other.replicaOf(two.master);

    await other.logged(line);
    expect((await other.snapshot()).upstream?.link).toBe('down');
    expect(await other.call('GET', 'own')).toBe('1');
    expect(await two.master.snapshot()).toMatchObject({ replicas: [], counters: { full: 0 } });
    await other.call('CONFIG', 'SET', 'masterauth', 'right');
    await expect(other).toResync('full');
    await expect(other).toConvergeWith(two.master);
  },
);

test('a password changed in an outage keeps the link down until the replica has it; it continues then [N23]', async ({
  deployment,
}) => {
  const config = { ...noPings, requirepass: 'old', masterauth: 'old' };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);
  await refusesStrangers(pair.master);

  const outage = await pair.replica.link.apply(cut());
  await pair.master.changePassword('new');
  await writeBytes(pair.master, { seed: 2, bytes: 10_000 });
  await outage.heal();

  await pair.replica.logged(/^Unable to AUTH to (MASTER|PRIMARY): -WRONGPASS /);
  expect((await pair.replica.snapshot()).upstream?.link).toBe('down');
  expect(pair.unjudgedResyncsOf(pair.replica)).toEqual([]);
  await pair.replica.call('CONFIG', 'SET', 'masterauth', 'new');
  await expect(pair.replica).toResync('partial');
  await expect(pair.replica).toConvergeWith(pair.master);
});

const STATE =
  /^(role|master_link_status|slave_(read_only|priority)|connected_slaves|master_replid2?|(master|second)_repl_offset|repl_backlog_(active|size)|db\d+):/;

/** What a replica says of itself, but for where it stands in the network and what it went through. */
async function stateOf(replica: Node): Promise<string[]> {
  return (await replica.info()).split('\r\n').filter((line) => STATE.test(line));
}

async function refusesStrangers(node: Node): Promise<void> {
  using stranger = rawConnection(node);
  stranger.send('GET key');
  await until(
    () => stranger.received,
    (text) => text === '-NOAUTH Authentication required.\r\n',
    { what: `${node.name} to refuse a client without a password`, withinMs: 5_000 },
  );
}
