/**
 * When a key expires is its master's business: a replica hides a key whose time has come, and holds it until it is
 * told to delete it. In production: don't count keys on replicas (DBSIZE, INFO keyspace) nor size their memory as if expired keys
 * were gone, and keep the clocks of all hosts together, as each replica goes by its own (`clocks`).
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  chain,
  cut,
  type Deployments,
  debugAllowed,
  expect,
  latency,
  masterWithReplicas,
  type Node,
  noPings,
  premise,
  test,
  timeMs,
  until,
} from '../helpers/suite.ts';

const TTL_MS = 2_000;

test('a key that expires while the link is cut is hidden and held, and deleted everywhere after the heal [N14] [N20]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: deletesOnTouch(deployment) }));
  const { master } = line;
  const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
  await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0);
  await master.call('SET', 'stays', '1');
  await answers(leaf, ['GET', 'stays'], '1');
  await master.call('SET', 'key', 'value', 'PX', TTL_MS);
  await answers(leaf, ['DBSIZE'], 2);
  const { offset: before } = await master.snapshot();

  const outage = await middle.link.apply(cut());
  await answers(leaf, ['EXISTS', 'key'], 0);
  await notDeletedYet(master, 2);
  await answers(master, ['GET', 'key'], null);
  expect(await master.call('DBSIZE'), 'deleted in the outage').toBe(1);
  for (const replica of [middle, leaf]) {
    await answers(replica, ['EXISTS', 'key'], 0);
    expect(await replica.call('GET', 'key')).toBeNull();
    expect(await replica.call('PTTL', 'key')).toBe(-2);
    expect(await replica.call('SCAN', 0)).toEqual(['0', ['stays']]);
    expect(await replica.call('DBSIZE')).toBe(2);
  }
  const { offset: after } = await master.snapshot();
  await outage.heal();

  await expect(middle).toResync('partial');
  expect(line.resyncsOf(middle).at(-1)).toMatchObject({ backlogBytes: after - before });
  for (const node of line.nodes) await answers(node, ['DBSIZE'], 1);
  for (const replica of line.replicas) await expect(replica).toConvergeWith(master);
});

test('a time to live ends at the same instant on both ends of a slow link [N14]', async ({
  deployment,
}) => {
  const isAbsolute = can(deployment.target, 'absolute-ttls');
  await using pair = await deployment.start(masterWithReplicas(1));
  const { master, replica } = pair;
  await using _slow = await replica.link.apply(latency('downstream', { latencyMs: 300 }));

  await master.call('SET', 'at', '1');
  await master.call('PEXPIREAT', 'at', (await timeMs(master)) + 60_000);
  if (isAbsolute) {
    await master.call('SET', 'px', '1', 'PX', 60_000);
    await master.call('SETEX', 'setex', 60, '1');
    await master.call('RPUSH', 'expire', '1');
    await master.call('EXPIRE', 'expire', 60);
  }

  // Times of expiry are compared, too: to the millisecond where the server tells them.
  await expect(replica).toConvergeWith(master);
  for (const key of isAbsolute ? ['at', 'px', 'setex', 'expire'] : []) {
    const instant = await master.call('PEXPIRETIME', key);
    expect(instant, key).toBeGreaterThan(0);
    expect(await replica.call('PEXPIRETIME', key), key).toBe(instant);
  }
});

test('INCR of a key that has expired on the replica meanwhile is applied: neither deleted nor revived [C7]', async ({
  deployment,
}) => {
  const config = deletesOnTouch(deployment);
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0);
  const endsAtMs = (await timeMs(master)) + 4 * TTL_MS;
  await master.call('SET', 'count', '1');
  await master.call('PEXPIREAT', 'count', endsAtMs);
  await answers(replica, ['GET', 'count'], '1');
  const before = await master.call('DEBUG', 'DIGEST');

  await replica.pause();
  await premise('it had expired before the INCR', async () =>
    expect(await master.call('INCR', 'count')).toBe(2),
  );
  await timePasses(master, endsAtMs);
  await replica.resume();

  await sameOffset(replica, master);
  expect(await replica.call('GET', 'count')).toBeNull();
  expect(await replica.call('DBSIZE')).toBe(1);
  const digest = await master.call('DEBUG', 'DIGEST');
  expect(digest, 'the INCR changed the data').not.toBe(before);
  expect(await replica.call('DEBUG', 'DIGEST')).toBe(digest);

  expect(await master.call('EXISTS', 'count'), 'a touch that deletes').toBe(0);
  for (const node of pair.nodes) await answers(node, ['DBSIZE'], 0);
  await expect(replica).toConvergeWith(master);
});

test('a set that expired in an outage and was made anew has its new members only, and no TTL [C6]', async ({
  deployment,
}) => {
  const config = deletesOnTouch(deployment);
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0);
  await master.call('SADD', 'set', 'a', 'b', 'c');
  await master.call('PEXPIRE', 'set', TTL_MS);
  await sameOffset(replica, master);
  const outage = await replica.link.apply(cut());
  await answers(replica, ['EXISTS', 'set'], 0);
  await notDeletedYet(master, 1);
  expect(await master.call('SADD', 'set', 'a')).toBe(1);
  await outage.heal();

  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('SMEMBERS', 'set')).toEqual(['a']);
  expect(await replica.call('PTTL', 'set')).toBe(-1);
});

/**
 * Allows DEBUG SET-ACTIVE-EXPIRE 0, by which a master deletes a key that has expired when a command meets it and not on
 * its own: tests choose when. DBSIZE meets no key.
 */
function deletesOnTouch({ target }: Deployments) {
  return { ...noPings, ...debugAllowed(target) };
}

/** A key that has expired is still among so many of the master's. */
function notDeletedYet(master: Node, keys: number): Promise<void> {
  return premise('it was deleted before the cut', async () =>
    expect(await master.call('DBSIZE')).toBe(keys),
  );
}

/** Reads no key: who reads a key that has expired on a master deletes it. */
async function sameOffset(replica: Node, master: Node): Promise<void> {
  await until(
    async () => (await replica.snapshot()).offset - (await master.snapshot()).offset,
    (ahead) => ahead === 0,
    { what: `${replica.name} to apply all of the stream`, withinMs: 10_000 },
  );
}

async function timePasses(node: Node, atMs: number): Promise<void> {
  await until(
    () => timeMs(node),
    (nowMs) => nowMs > atMs,
    { what: `${node.name}'s clock to pass ${atMs}`, withinMs: 20_000 },
  );
}
