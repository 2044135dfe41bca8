/** Sentinels, nodes and clients that do not all hear each other. */
import {
  allAgree,
  expect,
  failedOver,
  isolate,
  masterWithReplicas,
  partition,
  type Sentinel,
  type SentinelClient,
  sentinelClient,
  sentinels,
  test,
  until,
} from '../helpers/suite.ts';

/** ioredis waits for ever for a Sentinel that says nothing, and for a master; unless it is told not to. */
const IMPATIENT = { sentinelCommandTimeout: 500, failoverDetector: true } as const;

test('a master cut off with one Sentinel: the others promote a replica, clients find it, and the old one gives in [N19]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2)));
  const { master } = all;
  const [alone, ...majority] = all.sentinels as [Sentinel, ...Sentinel[]];
  using client = sentinelClient(all, IMPATIENT);
  await client.redis.set('before', '1');
  expect(connectedTo(client)).toBe('master');

  const silence = await partition(all, isolate(all, ['master', alone.name]));
  await master.call('SET', 'unseen', '1');
  const heir = await failedOver(all, master, { by: majority });
  await until(
    () => connectedTo(client),
    (name) => name === heir.name,
    { what: `the client to find ${heir.name}`, withinMs: 15_000 },
  );
  await client.redis.set('after', '1');
  expect((await master.role()).role).toBe('master');
  expect(await alone.masterNamed()).toBe('master');

  await silence.heal();
  await allAgree(all, { master: heir.name });
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);
  expect(await heir.call('MGET', 'before', 'unseen', 'after')).toEqual(['1', null, '1']);
});

function connectedTo({ connections }: SentinelClient): string | undefined {
  return connections.at(-1)?.to;
}
