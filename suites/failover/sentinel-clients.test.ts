/**
 * Clients in Sentinel mode, and subscribers of Sentinels, through a failover: each learns of the new master, once, also
 * when the first that was chosen dies of it. A client that waits for its connection to end waits as long as a paused
 * master is paused: `failoverDetector` of ioredis listens to Sentinels instead.
 */
import {
  allAgree,
  anyTells,
  calm,
  DEMOTED_WITHIN_MS,
  type Deployment,
  expect,
  failedOver,
  judgeLosses,
  Ledger,
  ledgerOn,
  masterWithReplicas,
  type Node,
  now,
  replicated,
  type Sentinel,
  type SentinelClient,
  sentinelClient,
  sentinels,
  test,
  until,
  writeLedgerBySentinels,
} from '../../helpers/suite.ts';

const WRITES = 50;
const RATE_PER_SECOND = 200;

test('the replica that is to be promoted dies of it: another takes its place, and clients under load find that one', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master, replicas } = all;
  const ledger = new Ledger(now);
  await using clients = await writeLedgerBySentinels(all, ledger, {
    ratePerSecond: RATE_PER_SECOND,
  });
  using watched = sentinelClient(all);
  await clients.goesOn(WRITES);
  await connectedTo(watched, master);

  // Who is chosen is not promoted before it is dead: Sentinels may not tell it to be a master.
  for (const replica of replicas) await replica.call('ACL', 'SETUSER', 'default', '-slaveof');
  const fromMs = await replicated(master, ledger, 2);
  await master.kill();
  const untilMs = ledger.now();
  const unlucky = await chosen(all);
  await unlucky.kill();
  expect(all.sentinels.flatMap(switches)).toEqual([]);
  const [survivor] = replicas.filter((one) => one !== unlucky) as [Node];
  await survivor.call('ACL', 'SETUSER', 'default', '+slaveof');

  expect(await failedOver(all, master)).toBe(survivor);
  await clients.find(survivor);
  await clients.goesOn(WRITES);
  await clients.stop();
  await connectedTo(watched, survivor);
  expect(watched.connections.map(({ to }) => to)).toEqual(['master', survivor.name]);
  const told = all.timeline.entries.filter(({ text }) => text === `connected to ${survivor.name}`);
  expect(told.every(({ atMs }) => atMs > untilMs)).toBe(true);

  const judgement = judgeLosses(all, ledger.writes, await ledgerOn(survivor), [
    { node: 'master', cause: 'its end', fromMs, untilMs },
  ]);
  expect(judgement.objections).toEqual([]);
});

test('subscribers of each Sentinel get +switch-master once, with both addresses; a client that listens leaves a paused master at once', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  const { master } = all;
  const heard = await Promise.all(all.sentinels.map(subscribed));
  using listening = sentinelClient(all, { failoverDetector: true });
  using waiting = sentinelClient(all);
  for (const client of [listening, waiting]) await connectedTo(client, master);

  await master.pause();
  const heir = await failedOver(all, master);
  await connectedTo(listening, heir);
  expect(await listening.redis.set('after', '1')).toBe('OK');
  expect(waiting.connections.map(({ to }) => to)).toEqual(['master']);

  await master.resume();
  await connectedTo(waiting, heir);
  await allAgree(all, { master: heir.name, withinMs: DEMOTED_WITHIN_MS });
  const [before, after] = [master, heir].map((one) => all.announced(one).inside);
  const words = `mymaster ${before?.host} ${before?.port} ${after?.host} ${after?.port}`;
  expect(heard).toEqual([[words], [words], [words]]);
  expect(all.sentinels.map(switches)).toEqual([[words], [words], [words]]);
});

async function connectedTo({ connections }: SentinelClient, { name }: Node): Promise<void> {
  await until(
    () => connections.map(({ to }) => to),
    (names) => names.at(-1) === name,
    { what: `a client to be connected to ${name}`, withinMs: DEMOTED_WITHIN_MS },
  );
}

/** Waits until a Sentinel has chosen whom to promote. */
async function chosen(deployment: Deployment): Promise<Node> {
  const { text } = await anyTells(deployment, '+selected-slave', { withinMs: DEMOTED_WITHIN_MS });
  const [, host = '', port] = /^slave \S+ (\S+) (\d+) @/.exec(text) ?? [];
  return deployment.node(deployment.whoIs({ host, port: Number(port) }));
}

/** What a Sentinel tells of switches from now on. */
async function subscribed(sentinel: Sentinel): Promise<string[]> {
  const heard: string[] = [];
  const client = sentinel.connect({ protocol: 2, enableReadyCheck: false });
  client.on('message', (_channel, message: string) => heard.push(message));
  await client.subscribe('+switch-master');
  return heard;
}

/** What it told of them so far, by its log. */
function switches(sentinel: Sentinel): string[] {
  return sentinel.events().flatMap(({ name, text }) => (name === '+switch-master' ? [text] : []));
}
