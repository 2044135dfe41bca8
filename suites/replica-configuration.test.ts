/** Settings that cannot be. */
import { expect, masterWithReplicas, test, topology } from '../helpers/suite.ts';

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

test('a server that is to start as a replica and in a cluster does not, whichever comes first [N22]', async ({
  deployment,
}) => {
  deployment.needsServer('cluster');
  const replicaof = { replicaof: '127.0.0.1 6379' };
  const cluster = { 'cluster-enabled': 'yes' };
  for (const config of [
    { ...replicaof, ...cluster },
    { ...cluster, ...replicaof },
  ]) {
    await expect(deployment.start(masterWithReplicas(0, { config }))).rejects.toThrow(
      /master ended before it answered .exit code 1.*\nreplicaof directive not allowed in cluster mode/s,
    );
  }
});

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
