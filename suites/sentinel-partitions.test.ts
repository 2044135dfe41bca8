/** Sentinels, nodes and clients that do not all hear each other. */
import {
  allAgree,
  bridge,
  expect,
  failedOver,
  hasAskedOthers,
  isolate,
  masterWithReplicas,
  oneWay,
  partition,
  type Sentinel,
  type SentinelClient,
  sentinelClient,
  sentinels,
  test,
  toldOf,
  until,
} from '../helpers/suite.ts';

/** Longer than a busy machine keeps a server that is well from answering. */
const calm = { downAfterMs: 3_000 };
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

test('a Sentinel that two groups hear, and that hears both: the other side of the bridge alone replaces no master [N19]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master } = all;
  const [first, middle, last] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  const far = all.node('replica-2');

  const shape = bridge(['master', 'replica-1', first.name], [middle.name], [far.name, last.name]);
  const silence = await partition(all, shape);
  await last.event('+sdown', { about: /^master / });
  await hasAskedOthers(last);
  expect(toldOf(all, '+odown')).toEqual([]);
  await master.call('SET', 'meanwhile', '1');
  await silence.heal();

  await allAgree(all, { master: 'master' });
  await expect(far).toResync('partial');
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
});

test('a master whose answers do not reach two Sentinels is replaced; the third, which hears it, makes it a replica meanwhile [N19]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master } = all;
  const [first, second, third] = all.sentinels as [Sentinel, Sentinel, Sentinel];

  const deaf = await partition(all, oneWay(['master'], [first.name, second.name]));
  const heir = await failedOver(all, master);
  expect(third.events().filter(({ name }) => name === '+sdown')).toEqual([]);
  await third.event('+convert-to-slave', { about: /^slave /, withinMs: 30_000 });
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);

  await deaf.heal();
  await allAgree(all, { master: heir.name });
});

function connectedTo({ connections }: SentinelClient): string | undefined {
  return connections.at(-1)?.to;
}
