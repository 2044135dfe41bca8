/**
 * Sentinels log in to the servers that they watch, once for each connection. So a password that changes under them shows
 * when connections are made anew, which can be long after. Each Sentinel has to be told of it: they do not tell each other.
 */
import { can } from '../../helpers/deployment/capabilities.ts';
import {
  allAgree,
  allSee,
  allTell,
  type Deployment,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  NEVER_MET,
  type Node,
  noPings,
  now,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  setOnAll,
  siblingOf,
  stillStream,
  test,
  toldOf,
  until,
} from '../../helpers/suite.ts';

const OLD = { ...noPings, requirepass: 'old', masterauth: 'old' };
/** No second attempt comes while the test looks. */
const LONG_MS = 60_000;
const ASKED_FOR_MS = 8_000;

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
  const [, ...voters] = all.sentinels as [Sentinel, ...Sentinel[]];
  // One candidate is enough, and is elected: among more there may be a tie.
  for (const voter of voters) await voter.set({ quorum: NEVER_MET });
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
    { what: 'a Sentinel to find nobody to promote', withinMs: SENTINEL_WITHIN_MS },
  );
  expect(await master.call('SET', 'served', 'well')).toBe('OK');

  await setOnAll(all, { 'auth-pass': 'new' });
  if (!can(deployment.target, 'auth-pass-reconnects')) {
    await staysDown(all);
    await reconnect(all.nodes);
  }
  await allTell(all, '-sdown', /^master /);
  expect(await allAgree(all)).toBe('master');
  expect(toldOf(all, '+switch-master')).toEqual([]);

  await setOnAll(all, { 'failover-timeout': 3_000 });
  await stillStream(all);
  await master.kill();
  const heir = await failedOver(all, master);
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
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
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  await expect(siblingOf(all, heir)).toConvergeWith(heir);
});

/** Ends what Sentinels, and clients, have open to these nodes. */
async function reconnect(nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) {
    using own = node.dedicated();
    for (const type of ['normal', 'pubsub']) {
      await own.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
    }
  }
}

/** The master counts as down for as long as it takes to ask it several times more. */
async function staysDown({ sentinels }: Deployment): Promise<void> {
  const fromMs = now();
  await until(
    () => Promise.all(sentinels.map((sentinel) => sentinel.master())),
    (seen) => seen.every(({ downForMs }) => downForMs > 0) && now() - fromMs > ASKED_FOR_MS,
    { what: 'the master to stay down', withinMs: 2 * ASKED_FOR_MS },
  );
}

/** Sentinels learn what replicas say of themselves: they are logged in. */
async function allStillKnow(all: Deployment): Promise<void> {
  for (const replica of all.replicas) await replica.call('CONFIG', 'SET', 'replica-priority', 7);
  await allSee(all, 'a priority of 7', (seen) =>
    all.replicas.every(({ name }) => seen[name]?.priority === 7),
  );
}
