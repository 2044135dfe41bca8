/** REPLICAOF names the master that a replica has already. */
import { cut, expect, load, masterWithReplicas, type Node, test } from '../helpers/suite.ts';

const REPLY = 'OK Already connected to specified master';
const NOTHING_DONE =
  /^REPLICAOF would result into synchronization with the (master|primary) we are already connected with\. No operation performed\.$/;

test('REPLICAOF the present master, under load: it says so, and the connection stays the one it was [H9]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const { master, replica } = pair;
  await using writes = await load(master, { seed: 1, ratePerSecond: 200, floor: 60 });
  const connection = await masterConnection(replica);

  for (const command of ['REPLICAOF', 'SLAVEOF']) {
    await writes.goesOn(20);
    expect(await named(replica, command)).toBe(REPLY);
  }
  await replica.logged(NOTHING_DONE);
  await writes.goesOn(20);

  expect(await masterConnection(replica)).toBe(connection);
  expect(await replica.role()).toMatchObject({ state: 'connected' });
  await writes.stop();
  await expect(replica).toHaveStayedInSync();
  await expect(replica).toConvergeWith(master);
});

test('REPLICAOF the present master, out of reach: it says the same, and the replica goes on trying [H9]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const { master, replica } = pair;
  await master.call('SET', 'key', 'value');
  await expect(replica).toConvergeWith(master);
  const outage = await replica.link.apply(cut());

  expect(await named(replica, 'REPLICAOF')).toBe(REPLY);

  await replica.logged(NOTHING_DONE);
  expect((await replica.snapshot()).upstream).toMatchObject({ link: 'down' });
  expect(await replica.call('GET', 'key')).toBe('value');
  await outage.heal();
  await expect(replica).toResync('partial', { reason: 'in-backlog' });
  await expect(replica).toConvergeWith(master);
});

/** What the command answers when it names the address that the replica has. */
function named(replica: Node, command: string): Promise<unknown> {
  const { host, port } = replica.link.inside;
  return replica.call(command, host, port);
}

/** The number of the replica's connection to its master, which no other has or had. */
async function masterConnection(replica: Node): Promise<number> {
  const [connection, ...others] = (await replica.clientList()).filter(({ flags }) =>
    flags.has('M'),
  );
  expect(others).toEqual([]);
  expect(connection).toBeDefined();
  return connection?.id ?? 0;
}
