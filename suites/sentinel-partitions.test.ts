/** Sentinels, nodes and clients that do not all hear each other. */
import {
  allAgree,
  bridge,
  calm,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  hasAskedOthers,
  isolate,
  judgeLedger,
  Ledger,
  ledgerOn,
  masterWithReplicas,
  now,
  oneWay,
  partition,
  type Sentinel,
  type SentinelClient,
  sentinelClient,
  sentinels,
  split,
  test,
  toldOf,
  until,
  writeLedgerBySentinels,
} from '../helpers/suite.ts';

const WRITES = 50;
/** Each of the ledger’s has then waited in vain at least once. */
const SILENT_CLIENTS = 4;
/** ioredis waits for ever for a Sentinel that says nothing, and for a master; unless it is told not to. */
const IMPATIENT = { sentinelCommandTimeout: 500, failoverDetector: true } as const;

test('a master cut off with one Sentinel: the others promote a replica, clients find it, and the old one gives in [N19]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master } = all;
  const [alone, ...majority] = all.sentinels as [Sentinel, ...Sentinel[]];
  using client = sentinelClient(all, IMPATIENT);
  await client.redis.set('before', '1');
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
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
  await allAgree(all, { master: heir.name, withinMs: DEMOTED_WITHIN_MS });
  await client.redis.set('healed', '1');
  const since = client.connections.slice(1).map(({ to }) => to);
  expect(new Set(since)).toEqual(new Set([heir.name]));
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);
  const keys = ['before', 'unseen', 'after', 'healed'];
  expect(await heir.call('MGET', ...keys)).toEqual(['1', null, '1', '1']);
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
  const down = third.events().filter(({ name }) => name === '+sdown');
  expect(down.filter(({ text }) => text.startsWith('master '))).toEqual([]);
  await third.event('+convert-to-slave', { about: /^slave /, withinMs: DEMOTED_WITHIN_MS });
  for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);

  await deaf.heal();
  await allAgree(all, { master: heir.name });
});

test('clients alone that do not hear the master: Sentinels see nothing amiss and send them to it for as long as it lasts; healed, they write on and miss nothing [N19]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master } = all;
  const ledger = new Ledger(now);
  await using clients = await writeLedgerBySentinels(all, ledger, { ratePerSecond: 200 });
  await clients.goesOn(WRITES);

  const silence = await partition(all, split(['client'], [master.name]));
  const fromMs = now();
  await clients.goesOn(SILENT_CLIENTS, 'unknown');
  await until(
    () => Promise.all(all.sentinels.map((sentinel) => sentinel.master())),
    (seen) =>
      now() - fromMs > 2 * calm.downAfterMs &&
      seen.every(({ aliveMsAgo }) => aliveMsAgo < calm.downAfterMs),
    { what: 'Sentinels to hear what clients do not', withinMs: 30_000 },
  );
  for (const sentinel of all.sentinels) expect(await sentinel.masterNamed()).toBe('master');
  expect(toldOf(all, '+sdown').filter(({ text }) => text.startsWith('master '))).toEqual([]);

  await silence.heal();
  await clients.find(master);
  await clients.goesOn(WRITES);
  await clients.stop();
  await allAgree(all, { master: 'master' });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);
  const judgement = judgeLedger(ledger.writes, await ledgerOn(master));
  expect(judgement.objections).toEqual([]);
  expect(judgement.lost).toEqual([]);
});

function connectedTo({ connections }: SentinelClient): string | undefined {
  return connections.at(-1)?.to;
}
