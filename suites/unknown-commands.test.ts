import { expect, masterWithReplicas, type Node, noPings, test, until } from '../helpers/suite.ts';

/** As a replica older than its master, or one whose administrator has taken a command away. */
const withoutPush = { 'rename-command': 'LPUSH ""' };
const CRITICAL =
  /^== CRITICAL == This replica is sending an error to its (?:master|primary): '.*unknown command .LPUSH./;

test('a command that the replica does not know: it says so, goes on, and is another at the same offset [C14]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, replicaConfig: withoutPush }),
  );

  await pair.master.call('LPUSH', 'list', 'element');
  await pair.master.call('SET', 'after', '1');

  await caughtUp(pair.replica, pair.master);
  expect(await pair.replica.call('GET', 'after')).toBe('1');
  await pair.replica.logged(CRITICAL);
  expect(await pair.replica.info()).toMatch(/^unexpected_error_replies:1\r$/m);
  await expect(pair.replica).toHaveStayedInSync();
  await expect(expect(pair.replica).toConvergeWith(pair.master)).rejects.toThrow(
    /^correctness: replica-1 is at offset \d+ of \w+ as master is, and holds other data:\n.*list/,
  );
});

test('in a transaction it takes all other commands with it [C14]', async ({ deployment }) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, replicaConfig: withoutPush }),
  );

  for (const command of ['MULTI', 'SET before 1', 'LPUSH list x', 'SET behind 1', 'EXEC']) {
    const [name = '', ...args] = command.split(' ');
    await pair.master.call(name, ...args);
  }
  await pair.master.call('SET', 'after', '1');

  await caughtUp(pair.replica, pair.master);
  await pair.replica.logged(CRITICAL);
  expect(await pair.replica.call('KEYS', '*')).toEqual(['after']);
});

test('a replica told to panic ends itself there instead, and comes back whole by a full resync [C14]', async ({
  deployment,
}) => {
  deployment.needsServer('propagation-error-behavior');
  await using pair = await deployment.start(
    masterWithReplicas(1, {
      config: noPings,
      replicaConfig: { ...withoutPush, 'propagation-error-behavior': 'panic' },
    }),
  );

  await pair.master.call('LPUSH', 'list', 'element');

  await until(
    () => pair.replica.server.exit,
    (exit) => exit !== undefined,
    { what: 'replica-1 to end itself', withinMs: 20_000 },
  );
  await pair.replica.logged(CRITICAL);
  await pair.replica.logged(/^Guru Meditation: This replica panicked sending an error to its/);
  await pair.replica.restart({ data: 'lost' });
  await expect(pair.replica).toResync('full', { reason: 'no-history' });
  await expect(pair.replica).toConvergeWith(pair.master);
});

/** Waits until the replica has taken, or passed over, all that its master has sent. */
async function caughtUp(replica: Node, master: Node): Promise<void> {
  const { offset } = await master.snapshot();
  await until(
    async () => (await replica.snapshot()).offset,
    (applied) => applied === offset,
    { what: `${replica.name} to reach offset ${offset} of ${master.name}`, withinMs: 10_000 },
  );
}
