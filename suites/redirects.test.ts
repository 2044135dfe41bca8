/**
 * CLIENT CAPA REDIRECT, of Valkey: a client that declares it is told by a replica where its master is, instead of being
 * refused. While a failover is under way nobody knows, and it waits.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  beginFailover,
  blocked,
  cut,
  expect,
  failoverEnded,
  failoverReaches,
  type Node,
  noPings,
  syncCounts,
  test,
  topology,
} from '../helpers/suite.ts';

const READONLY = "READONLY You can't write against a read only replica.";

test('a client that can be redirected is sent to the master with its writes and reads; others are not [R1]', async ({
  deployment,
}) => {
  deployment.needsServer('client-capa-redirect');
  await using pair = await deployment.start(heirs());
  const [master, heir] = [pair.master, pair.node('heir')];
  await master.call('SET', 'key', 'value');
  await expect(heir).toConvergeWith(master);
  const redirect = await redirectTo(heir, master);
  using client = await redirectable(heir);

  expect(await client.says('SET', 'key', 'mine')).toBe(redirect);
  expect(await client.says('GET', 'key')).toBe(redirect);
  expect(await client.says('PING'), 'no data is concerned').toBe('PONG');
  expect(await client.says('READONLY')).toBe('OK');
  expect(await client.says('GET', 'key'), 'who asks for old data gets it').toBe('value');
  expect(await client.says('SET', 'key', 'mine')).toBe(redirect);
  using other = new Client(heir);
  expect(await other.says('SET', 'key', 'mine')).toBe(READONLY);
  expect(await other.says('GET', 'key')).toBe('value');
  using ofMaster = await redirectable(master);
  expect(await ofMaster.says('SET', 'key', 'more')).toBe('OK');
});

test('a transaction of such a client is redirected as a whole [R1]', async ({ deployment }) => {
  deployment.needsServer('client-capa-redirect');
  await using pair = await deployment.start(heirs());
  const [master, heir] = [pair.master, pair.node('heir')];
  const redirect = await redirectTo(heir, master);
  using begun = await redirectable(heir);

  expect(await begun.says('MULTI')).toBe('OK');
  expect(await begun.says('SET', 'key', '1')).toBe(redirect);
  expect(await begun.says('EXEC')).toMatch(/^EXECABORT /);
  using queued = await redirectable(master);
  expect(await queued.says('MULTI')).toBe('OK');
  expect(await queued.says('SET', 'key', '1')).toBe('QUEUED');
  await beginFailover(master, { to: heir });
  await failoverEnded(master);
  expect(await queued.says('EXEC'), 'queued by a master').toBe(await redirectTo(master, heir));
  expect(await heir.call('GET', 'key')).toBeNull();
});

test('a failover ends the wait of who blocks, and sends to the new master who can be redirected [R1]', async ({
  deployment,
}) => {
  deployment.needsServer('client-capa-redirect');
  await using pair = await deployment.start(heirs());
  const [master, heir] = [pair.master, pair.node('heir')];
  const grown = await syncCounts(pair);
  using capable = await redirectable(master);
  using other = new Client(master);
  const answers = [capable, other].map((client) => client.says('BLPOP', 'list', '0'));
  await blocked(master, 2);

  await beginFailover(master, { to: heir });
  const [redirected, ended] = await Promise.all(answers);

  if (can(deployment.target, 'blocked-are-redirected')) {
    expect(redirected).toBe(await redirectTo(master, heir));
  } else {
    expect(redirected).toMatch(/^UNBLOCKED /);
  }
  expect(ended).toMatch(/^UNBLOCKED /);
  await failoverEnded(master);
  await expect(master).toResync('partial');
  await expect(master).toConvergeWith(heir);
  expect(await syncCounts(pair, grown)).toEqual({ heir: { partial: 1 } });
});

test('while nobody is master, writes and reads of such clients wait for who will be [R1]', async ({
  deployment,
}) => {
  deployment.needsServer('client-capa-redirect');
  await using pair = await deployment.start(heirs());
  const [master, heir] = [pair.master, pair.node('heir')];
  const outage = await (await pair.link(master, heir)).apply(cut());
  await beginFailover(master, { to: heir });
  await failoverReaches(master, 'failover-in-progress');
  using writer = await redirectable(master);
  using reader = await redirectable(master);
  using other = new Client(master);

  const answers = [writer.says('SET', 'key', 'mine'), reader.says('GET', 'key')];
  await blocked(master, 2);
  expect(await other.says('SET', 'key', 'mine')).toBe(READONLY);
  await outage.heal();

  const redirect = await redirectTo(master, heir);
  expect(await Promise.all(answers)).toEqual([redirect, redirect]);
  await failoverEnded(master);
  await expect(master).toResync('partial');
  using follower = await redirectable(heir);
  expect(await follower.says('SET', 'key', 'mine'), 'it follows').toBe('OK');
  await expect(master).toConvergeWith(heir);
});

test('a failover that is aborted lets such clients go on where they are [R1]', async ({
  deployment,
}) => {
  deployment.needsServer('client-capa-redirect');
  await using pair = await deployment.start(heirs());
  const [master, heir] = [pair.master, pair.node('heir')];
  await using _outage = await (await pair.link(master, heir)).apply(cut());
  await beginFailover(master, { to: heir });
  await failoverReaches(master, 'failover-in-progress');
  using writer = await redirectable(master);
  const answer = writer.says('SET', 'key', 'mine');
  await blocked(master, 1);

  await master.call('FAILOVER', 'ABORT');

  expect(await answer).toBe('OK');
  await failoverEnded(master);
  await expect(heir).toResync('partial');
  await expect(heir).toConvergeWith(master);
});

function heirs() {
  return topology([
    { name: 'master', config: noPings },
    { name: 'heir', replicaOf: 'master', heirOf: 'master', config: noPings },
  ]);
}

/** A connection of its own, and what its server says on it. */
class Client implements Disposable {
  readonly #connection: ReturnType<Node['dedicated']>;

  constructor(node: Node) {
    this.#connection = node.dedicated();
  }

  /** A reply, or the words of an error. */
  says(command: string, ...args: readonly string[]): Promise<string> {
    return this.#connection.call(command, ...args).then(String, ({ message }: Error) => message);
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}

/** A client that has declared that it can be redirected. */
async function redirectable(node: Node): Promise<Client> {
  const client = new Client(node);
  expect(await client.says('CLIENT', 'CAPA', 'REDIRECT')).toBe('OK');
  return client;
}

/** What such a client is told by a replica: where that itself reaches its master. */
async function redirectTo(replica: Node, master: Node): Promise<string> {
  const { host, port } = (await replica.deployment.link(replica, master)).inside;
  return `REDIRECT ${host}:${port}`;
}
