import { can } from '../helpers/deployment/capabilities.ts';
import {
  cut,
  expect,
  fill,
  load,
  masterWithReplicas,
  type Node,
  noPings,
  rawConnection,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const twoMasters = topology([{ name: 'master' }, { name: 'other' }]);

test('REPLICAOF makes a replica at once, before it reaches its master: its own data is served until then [H1]', async ({
  deployment,
}) => {
  await using two = await deployment.start(twoMasters);
  const other = two.node('other');
  await other.call('SET', 'own', '1');
  await using outage = await (await two.link(other, two.master)).apply(cut());
  expect(await other.role()).toMatchObject({ role: 'master' });

  await other.replicaOf(two.master);

  expect(await other.role()).toMatchObject({
    role: 'replica',
    state: expect.stringMatching(/^connect(ing)?$/),
  });
  expect((await other.snapshot()).upstream).toMatchObject({ link: 'down', syncInProgress: false });
  expect(await other.call('GET', 'own')).toBe('1');
  await outage.heal();
  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
  expect(await other.call('GET', 'own')).toBeNull();
});

test('REPLICAOF in MULTI: the next command of the transaction is a replica’s, its link down [H1]', async ({
  deployment,
}) => {
  await using two = await deployment.start(twoMasters);
  const other = two.node('other');
  const { host, port } = (await two.link(other, two.master)).inside;

  const [before, done, after, info] = await transaction(
    other,
    ['ROLE'],
    ['REPLICAOF', host, port],
    ['ROLE'],
    ['INFO', 'replication'],
  );

  expect([before, done]).toEqual([['master', 0, []], 'OK']);
  expect(after).toEqual(['slave', host, port, expect.stringMatching(/^connect(ing)?$/), -1]);
  expect(info).toContain('role:slave\r\n');
  expect(info).toContain('master_link_status:down\r\n');
  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
});

test('what was there before and what is written from then on arrive [H2]', async ({
  deployment,
}) => {
  await using two = await deployment.start(twoMasters);
  const other = two.node('other');
  const { keysByDatabase } = await fill(two.master, { seed: 1, keys: 300 });
  expect((await two.master.snapshot()).keys).toEqual(keysByDatabase);

  await other.replicaOf(two.master);
  await writeBytes(two.master, { seed: 2, bytes: 50_000 });

  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
  await writeBytes(two.master, { seed: 3, bytes: 50_000 });
  await expect(other).toConvergeWith(two.master);
  await expect(other).toHaveStayedInSync();
});

const MOVES = 10;
const LOOKS_MAX = 500;

test('ROLE under load: its shape on both ends, and no offset above the master’s [H3]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  // The stream can start a second after the link is up: convergence behind a write shows that it flows.
  await pair.master.call('SET', 'flows', '1');
  await expect(pair.replica).toConvergeWith(pair.master);
  const { host, port } = pair.replica.link.inside;
  const { ip } = (await pair.master.snapshot()).replicas[0] ?? {};
  const decimal = expect.stringMatching(/^\d+$/);
  await using writes = await load(pair.master, { seed: 1, ratePerSecond: 500, floor: 100 });

  const seen: number[] = [];
  // The replica may lag: so many looks as it takes to see it move.
  for (let look = 0; look < LOOKS_MAX && new Set(seen).size <= MOVES; look += 1) {
    await writes.goesOn(10);
    const ofReplica = await pair.replica.call('ROLE');
    const ofMaster = await pair.master.call('ROLE');
    expect(ofReplica).toEqual(['slave', host, port, 'connected', expect.any(Number)]);
    const listed = [[ip, String(pair.replica.server.port), decimal]];
    expect(ofMaster).toEqual(['master', expect.any(Number), listed]);
    const applied = Number((ofReplica as unknown[])[4]);
    const [, offset, [[, , acknowledged]]] = ofMaster as [
      string,
      number,
      [[string, string, string]],
    ];
    expect(applied).toBeLessThanOrEqual(offset);
    expect(Number(acknowledged)).toBeLessThanOrEqual(offset);
    seen.push(applied);
  }

  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(new Set(seen).size).toBeGreaterThan(MOVES);
  await writes.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('PSYNC with an offset that is no number is an error, not a sync [H6]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const before = await pair.master.snapshot();
  // Older servers answer with the error, and send everything all the same.
  const isAll = can(before, 'psync-checks-offset');
  const error = '-ERR value is not an integer or out of range\r\n';
  using client = rawConnection(pair.master);

  client.send(`PSYNC ${before.replid} text`);
  client.send('PING');

  await until(
    () => client.received,
    (text) => (isAll ? text === `${error}+PONG\r\n` : text.includes(error)),
    { what: 'the error, and after it what PING answers', withinMs: 5_000 },
  );
  const refused = { full: before.counters.full + 1, partialErr: before.counters.partialErr + 1 };
  const counters = isAll ? before.counters : { ...before.counters, ...refused };
  expect((await pair.master.snapshot()).counters).toEqual(counters);
  await expect(pair.replica).toHaveStayedInSync();
});

const REPLIES = {
  PING: '+PONG\r\n',
  'GET key': '$-1\r\n',
  'SLOWLOG GET': '*0\r\n',
  'XINFO HELP': '+HELP ',
};

test.for(['SYNC', 'PSYNC ? -1'])(
  'a connection that asked %s and then sends commands is cut off, and does the master no harm [H7]',
  async (request, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1));
    const isCutOff = can(await pair.master.snapshot(), 'replies-end-replica');

    for (const [command, reply] of Object.entries(REPLIES)) {
      const { counters } = await pair.master.snapshot();
      using client = rawConnection(pair.master);
      client.send(request);
      await until(
        async () => (await pair.master.snapshot()).counters.full,
        (full) => full === counters.full + 1,
        { what: `${request} to be taken`, withinMs: 15_000 },
      );
      client.send(command);
      if (!isCutOff) {
        await until(
          () => client.received,
          (received) => received.includes(reply),
          { what: `the reply to ${command} in the stream`, withinMs: 10_000 },
        );
        expect(client.ended).toBe(false);
        continue;
      }
      await until(
        () => client.ended,
        (ended) => ended,
        { what: `the connection to end after ${command}`, withinMs: 15_000 },
      );
      const [name] = command.toLowerCase().split(' ');
      await pair.master.logged(new RegExp(`^Replica generated a reply to command '${name}\\b`));
    }

    await writeBytes(pair.master, { seed: 1, bytes: 1_000 });
    await expect(pair.replica).toConvergeWith(pair.master);
    await expect(pair.replica).toHaveStayedInSync();
  },
);

test.for(['at its address', 'at another address'])(
  'REPLICAOF the same master, %s, in the moment the link is lost: one partial resync [H8]',
  async (where, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    await fill(pair.master, { seed: 1, keys: 50 });
    await expect(pair.replica).toConvergeWith(pair.master);
    const { link } = pair.replica;
    const { host, port } = where === 'at its address' ? link.inside : pair.master.server.inside;
    await pair.look();

    const [killed] = await transaction(
      pair.replica,
      ['CLIENT', 'KILL', 'TYPE', 'master'],
      ['REPLICAOF', host, port],
    );

    expect(killed).toBe(1);
    await expect(pair.replica).toResync('partial');
    await writeBytes(pair.master, { seed: 2, bytes: 10_000 });
    await expect(pair.replica).toConvergeWith(pair.master);
    await expect(pair.replica).toHaveStayedInSync();
    const { counters } = await pair.master.snapshot();
    expect(counters).toEqual({ full: 1, partialOk: 1, partialErr: 0 });
    expect(await pair.replica.role()).toMatchObject({ host, port });
  },
);

/** What the commands of a transaction answer: nothing comes between them, not even the event loop. */
async function transaction(
  node: Node,
  ...commands: readonly (readonly [string, ...(string | number)[]])[]
): Promise<unknown[]> {
  using client = node.dedicated();
  await client.call('MULTI');
  for (const [command, ...args] of commands) await client.call(command, ...args);
  return (await client.call('EXEC')) as unknown[];
}
