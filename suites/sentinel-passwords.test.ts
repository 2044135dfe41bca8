/**
 * Sentinels log in to the servers that they watch, once for each connection. So a password that changes under them shows
 * when connections are made anew, which can be long after. Each Sentinel has to be told of it: they do not tell each other.
 */
import { can, type Versioned } from '../helpers/deployment/capabilities.ts';
import {
  allAgree,
  allSee,
  allTell,
  type Deployment,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  sentinels,
  setOnAll,
  stillStream,
  test,
  toldOf,
  until,
} from '../helpers/suite.ts';

const OLD = { ...noPings, requirepass: 'old', masterauth: 'old' };
/** No second attempt comes while the test looks. */
const LONG_MS = 60_000;
/** Before Redis 6.2 a connection that is answered, if only by NOAUTH, is kept for 15 s. */
const CURED_WITHIN_MS = 40_000;
const MOVED_WITHIN_MS = 30_000;
/** What Sentinels ask of the servers that they watch, and are refused without. */
const RIGHTS =
  '+multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill';

test('a password changed without the Sentinels: all is well until they reconnect, then a master that serves counts as down, and nobody can take its place [S11]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: OLD }), {
      settings: { 'auth-pass': 'old' },
      downAfterMs: 5_000,
      failoverTimeoutMs: LONG_MS,
    }),
  );
  const { master, replicas } = all;
  await fill(master, { seed: 1, keys: 50 });
  for (const node of all.nodes) {
    await node.call('CONFIG', 'SET', 'masterauth', 'new');
    await node.changePassword('new');
  }
  await allStillKnow(all);
  expect(toldOf(all, '+sdown')).toEqual([]);

  await reconnect(replicas);
  await allTell(all, '+sdown', /^slave /, { servers: replicas.length });
  await reconnect([master]);
  await allTell(all, '+sdown', /^master /);
  await until(
    () => toldOf(all, '-failover-abort-no-good-slave').length,
    (times) => times > 0,
    { what: 'a Sentinel to find nobody to promote', withinMs: MOVED_WITHIN_MS },
  );
  expect(await master.call('SET', 'served', 'well')).toBe('OK');

  await setOnAll(all, { 'auth-pass': 'new' });
  await allTell(all, '-sdown', /^master /, { withinMs: CURED_WITHIN_MS });
  expect(await allAgree(all)).toBe('master');
  expect(toldOf(all, '+switch-master')).toEqual([]);

  await setOnAll(all, { 'failover-timeout': 3_000 });
  await stillStream(all);
  await master.kill();
  const heir = await failedOver(all, master);
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: MOVED_WITHIN_MS });
  await expect(siblingOf(all, heir)).toConvergeWith(heir);
});

test('a password changed by way of a time in which both are good: nobody counts as down, and a failover works [S11]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: OLD }), {
      settings: { 'auth-pass': 'old' },
      downAfterMs: 5_000,
    }),
  );
  const { master } = all;
  await fill(master, { seed: 1, keys: 50 });

  for (const node of all.nodes) await node.call('ACL', 'SETUSER', 'default', '>new');
  for (const node of all.nodes) await node.call('CONFIG', 'SET', 'masterauth', 'new');
  await setOnAll(all, { 'auth-pass': 'new' });
  for (const node of all.nodes) await node.changePassword('new');
  await reconnect(all.nodes);
  await allStillKnow(all);
  expect(toldOf(all, '+sdown')).toEqual([]);

  await stillStream(all);
  await master.kill();
  const heir = await failedOver(all, master);
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: MOVED_WITHIN_MS });
  await expect(siblingOf(all, heir)).toConvergeWith(heir);
});

test('a user with the rights that Sentinels need is enough for a failover: nothing is refused to it [S11]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: withUser(RIGHTS, deployment.target) }), {
      settings: LOGIN,
    }),
  );
  const { master } = all;
  await fill(master, { seed: 1, keys: 50 });
  for (const node of all.nodes) {
    const users = (await node.clientList()).map(({ user }) => user);
    expect(users).toContain('sentinel');
  }

  await stillStream(all, LOGIN['auth-user']);
  await master.kill();
  const heir = await failedOver(all, master);
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: MOVED_WITHIN_MS });
  await master.restart({ data: 'kept' });
  await expect(master).toResync('full', { withinMs: MOVED_WITHIN_MS });
  expect(await allAgree(all)).toBe(heir.name);
  for (const node of all.nodes) expect(await refusals(node)).toEqual([]);
});

test('a user without the right to SLAVEOF: the failover is begun and given up, until the user has it [S11]', async ({
  deployment,
}) => {
  const config = withUser(RIGHTS.replace('+slaveof ', ''), deployment.target);
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config }), { settings: LOGIN }),
  );
  const { master, replicas } = all;
  await fill(master, { seed: 1, keys: 50 });

  await stillStream(all, LOGIN['auth-user']);
  await master.kill();
  await until(
    () => toldOf(all, '-failover-abort-slave-timeout').length,
    (times) => times > 0,
    { what: 'a Sentinel to give up', withinMs: 60_000 },
  );
  const refused = await Promise.all(replicas.map(refusals));
  expect(new Set(refused.flat())).toEqual(new Set(['sentinel: slaveof']));
  for (const replica of replicas) expect((await replica.role()).role).toBe('replica');

  for (const replica of replicas) await replica.call('ACL', 'SETUSER', 'sentinel', '+slaveof');
  const heir = await failedOver(all, master, { withinMs: 60_000 });
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: MOVED_WITHIN_MS });
});

const LOGIN = { 'auth-user': 'sentinel', 'auth-pass': 'secret' };

function withUser(rights: string, server: Versioned) {
  const channels = can(server, 'acl-channels') ? 'allchannels ' : '';
  return { ...noPings, user: `sentinel on >secret ${channels}${rights}` };
}

/** What was refused to whom, as ACL LOG has it. */
async function refusals(node: Node): Promise<string[]> {
  const entries = (await node.call('ACL', 'LOG')) as string[][];
  return entries.map((flat) => {
    const of = (field: string) => flat[flat.indexOf(field) + 1];
    return `${of('username')}: ${of('object')}`;
  });
}

/** Ends what Sentinels, and clients, have open to these nodes. */
async function reconnect(nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) {
    using own = node.dedicated();
    for (const type of ['normal', 'pubsub']) {
      await own.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
    }
  }
}

/** Sentinels learn what replicas say of themselves: they are logged in. */
async function allStillKnow(all: Deployment): Promise<void> {
  for (const replica of all.replicas) await replica.call('CONFIG', 'SET', 'replica-priority', 7);
  await allSee(all, 'a priority of 7', (seen) =>
    all.replicas.every(({ name }) => seen[name]?.priority === 7),
  );
}

function siblingOf({ replicas }: Deployment, heir: Node): Node {
  return replicas.find((replica) => replica !== heir) as Node;
}
