/**
 * Host names in place of addresses, since Redis 6.2. Sentinels accept them with resolve-hostnames, and tell them, to
 * clients and to replicas, with announce-hostnames; without that they tell the addresses that they have resolved.
 */
import {
  allAgree,
  DEMOTED_WITHIN_MS,
  type Deployment,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  noPings,
  SENTINEL_WITHIN_MS,
  sentinelClient,
  sentinels,
  siblingOf,
  stillStream,
  test,
} from '../../helpers/suite.ts';

const NAME = 'localhost';
/** The heir must not count as down because the machine is busy. */
const PATIENT = { downAfterMs: 5_000 };

test('with announce-hostnames all go by names: clients, replicas and their configuration, before and after a failover [S12]', async ({
  deployment,
}) => {
  deployment.needsSentinel('sentinel-host-names');
  deployment.needsHostNames();
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), {
      hostName: NAME,
      ...PATIENT,
      lines: ['resolve-hostnames yes', 'announce-hostnames yes'],
    }),
  );
  const { master } = all;
  await fill(master, { seed: 1, keys: 50 });
  await stillStream(all);
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
  expect(await hostsTold(all)).toEqual([NAME]);

  await master.kill();
  const heir = await failedOver(all, master);
  const sibling = siblingOf(all, heir);
  await expect(sibling).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  await master.restart({ data: 'kept' });
  await expect(master).toResync('full', { withinMs: DEMOTED_WITHIN_MS });
  expect(await allAgree(all)).toBe(heir.name);

  expect(await hostsTold(all)).toEqual([NAME]);
  for (const node of [master, sibling]) {
    expect(await node.call('CONFIG', 'GET', 'replicaof')).toEqual([
      'replicaof',
      `${NAME} ${heir.port}`,
    ]);
  }
  using client = sentinelClient(all);
  await client.redis.set('written', 'by name');
  expect(client.connections.map(({ to }) => to)).toEqual([heir.name]);
});

test('with resolve-hostnames alone, names are taken and addresses told, and a failover leads replicas to an address [S12]', async ({
  deployment,
}) => {
  deployment.needsSentinel('sentinel-host-names');
  deployment.needsHostNames();
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), {
      hostName: NAME,
      ...PATIENT,
      lines: ['resolve-hostnames yes'],
    }),
  );
  const { master } = all;
  const [first] = all.sentinels;
  await stillStream(all);
  expect(await hostsTold(all)).toEqual(['127.0.0.1']);

  await master.kill();
  const heir = await failedOver(all, master);
  const sibling = siblingOf(all, heir);
  await expect(sibling).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  expect(await sibling.call('CONFIG', 'GET', 'replicaof')).toEqual([
    'replicaof',
    `127.0.0.1 ${heir.port}`,
  ]);
  expect(await first?.masterAddress()).toEqual({ host: '127.0.0.1', port: heir.port });
});

test('without resolve-hostnames a name is refused [S12]', async ({ deployment }) => {
  await using all = await deployment.start(sentinels(1, masterWithReplicas(1)));
  for (const sentinel of all.sentinels) {
    await expect(
      sentinel.call('SENTINEL', 'MONITOR', 'other', NAME, all.master.port, 1),
    ).rejects.toThrow(/^ERR Invalid IP address( or hostname)? specified$/);
    await expect(sentinel.call('SENTINEL', 'MASTER', 'other')).rejects.toThrow(
      'ERR No such master with that name',
    );
  }
});

/** By which host Sentinels call anybody, and send clients to the master: each once. */
async function hostsTold({ sentinels }: Deployment): Promise<string[]> {
  const told = await Promise.all(
    sentinels.map(async (sentinel) => [
      await sentinel.masterAddress(),
      await sentinel.master(),
      ...(await sentinel.replicas()),
      ...(await sentinel.others()),
    ]),
  );
  return [...new Set(told.flat().map(({ host }) => host))].sort();
}
