/**
 * Servers of one deployment after another may run in the same place: nothing of one is there for the next.
 */
import { expect, masterWithReplicas, type Node, saveRdb, test } from '../helpers/suite.ts';

const pair = masterWithReplicas(1);
const STARTED = /ready to accept connections/i;

/** How many starts its log tells. */
async function startsOf(node: Node): Promise<number> {
  await node.logged(STARTED);
  return node.server.log.lines.filter(({ text }) => STARTED.test(text)).length;
}

test('a deployment starts empty, with its own configuration and log, whatever the one before left', async ({
  deployment,
}) => {
  const before = await deployment.start(pair);
  for (const node of before.nodes) {
    await node.call('CONFIG', 'SET', 'maxmemory', '77mb');
    // A server that keeps no append-only file has none to leave behind.
    await node.call('CONFIG', 'SET', 'appendonly', 'yes').catch(() => {});
    await node.call('CONFIG', 'REWRITE');
  }
  await before.master.call('ACL', 'SETUSER', 'left-behind', 'on', 'nopass');
  await before.master.call('SET', 'left-behind', 'x');
  await expect(before.replica).toConvergeWith(before.master);
  for (const node of before.nodes) await saveRdb(node);
  const placesBefore = before.nodes.map(({ server }) => server.inside.host);
  await before[Symbol.asyncDispose]();

  await using after = await deployment.start(pair);

  expect(await after.master.call('DBSIZE')).toBe(0);
  expect(await after.master.call('ACL', 'USERS')).toEqual(['default']);
  for (const node of after.nodes) {
    expect(await node.call('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '0']);
    expect(await node.call('CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'no']);
    expect(await startsOf(node)).toBe(1);
  }
  expect(after.resyncsOf(after.replica).map(({ kind }) => kind)).toEqual(['full']);
  // Not by having moved elsewhere.
  expect(after.nodes.map(({ server }) => server.inside.host).sort()).toEqual(placesBefore.sort());
});

const ends: Record<string, (node: Node) => Promise<void>> = {
  paused: (node) => node.pause(),
  stopped: (node) => node.stop(),
  killed: (node) => node.kill(),
  restarted: (node) => node.kill().then(() => node.restart({ data: 'kept' })),
};

test.for(Object.keys(ends))(
  'nodes left %s are no obstacle to the next deployment',
  async (how, { deployment }) => {
    const before = await deployment.start(pair);
    for (const node of before.nodes) await ends[how]?.(node);
    await before[Symbol.asyncDispose]();

    await using after = await deployment.start(pair);

    expect(await Promise.all(after.nodes.map(startsOf))).toEqual([1, 1]);
    expect(after.nodes.map(({ server }) => server.exit)).toEqual([undefined, undefined]);
    await expect(after.replica).toConvergeWith(after.master);
  },
);
