import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  type Deployment,
  type Deployments,
  debugAllowed,
  expect,
  masterWithReplicas,
  noPings,
  test,
  until,
} from '../helpers/suite.ts';

test('a time to live that a writable replica gave ends the key there, its own or its master’s, and nowhere else [C8]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, replicaConfig: { 'replica-read-only': 'no' } }),
  );
  await pair.master.call('SET', 'of the master', '1');
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.replica.call('SET', 'own', '1', 'PX', 100);
  await pair.replica.call('PEXPIRE', 'of the master', 100);

  // Nobody asks for the keys: they are deleted, not hidden.
  await until(
    async () => (await pair.replica.snapshot()).keys,
    (keys) => keys.size === 0,
    { what: 'both keys to be deleted on the replica', withinMs: 10_000 },
  );
  expect(await pair.replica.info()).toMatch(/^expired_keys:2\r$/m);
  expect(await pair.master.call('PTTL', 'of the master')).toBe(-1);
});

test.for([
  { whose: 'its own', node: 'replica-1' },
  { whose: 'its master’s', node: 'master' },
])(
  'INCR on a writable replica of a key whose time is over, $whose, makes it anew and without an end [C8]',
  async ({ node }, { deployment }) => {
    await using pair = await withExpiredKept(deployment);
    const [owner, { replica }] = [pair.node(node), pair];
    await owner.call('SET', 'counter', '5');
    await answers(replica, ['GET', 'counter'], '5');

    await owner.call('PEXPIRE', 'counter', 100);
    await answers(replica, ['GET', 'counter'], null);
    expect((await replica.snapshot()).keys).toEqual(new Map([[0, 1]]));

    // Redis before 7.0 counts on in what nobody sees (redis/redis#6842).
    const isMadeAnew = can(deployment.target, 'writable-replica-deletes-expired');
    expect(await replica.call('INCR', 'counter')).toBe(isMadeAnew ? 1 : 6);
    expect(await replica.call('PTTL', 'counter')).toBe(isMadeAnew ? -1 : -2);
    expect(await replica.call('GET', 'counter')).toBe(isMadeAnew ? '1' : null);
  },
);

test('PFCOUNT on a writable replica does not count from the cache of a key whose time is over [C8]', async ({
  deployment,
}) => {
  await using pair = await withExpiredKept(deployment);
  const { master, replica } = pair;
  await master.call('PFADD', 'visitors', 'a', 'b');
  await master.call('PFCOUNT', 'visitors');
  await answers(replica, ['PFCOUNT', 'visitors'], 2);

  await master.call('PEXPIRE', 'visitors', 100);
  await answers(replica, ['EXISTS', 'visitors'], 0);
  expect((await replica.snapshot()).keys).toEqual(new Map([[0, 1]]));

  const isGone = can(deployment.target, 'writable-replica-deletes-expired');
  expect(await replica.call('PFCOUNT', 'visitors')).toBe(isGone ? 0 : 2);
  expect(await replica.call('PFADD', 'visitors', 'c')).toBe(1);
  expect(await replica.call('PFCOUNT', 'visitors')).toBe(isGone ? 1 : 3);
});

/** A writable replica and its master, neither of which deletes a key whose time is over before it is asked for. */
async function withExpiredKept(deployment: Deployments): Promise<Deployment> {
  const pair = await deployment.start(
    masterWithReplicas(1, {
      config: { ...noPings, ...debugAllowed(deployment.target) },
      replicaConfig: { 'replica-read-only': 'no' },
    }),
  );
  for (const node of pair.nodes) await node.call('DEBUG', 'SET-ACTIVE-EXPIRE', '0');
  return pair;
}
