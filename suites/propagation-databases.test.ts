/** Databases and transactions in a master's replication stream: what replicas need to run a command where it ran. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  cut,
  expect,
  masterWithReplicas,
  noPings,
  streamOf,
  tapStream,
  test,
} from '../helpers/suite.ts';

test('writers in several databases: a SELECT before each change of database, and no other [C11]', async ({
  deployment,
}) => {
  const databases = [0, 3, 9, 15];
  const writesEach = 100;
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await using tap = await tapStream(pair.master);

  await Promise.all(
    databases.map(async (db) => {
      using writer = pair.master.dedicated();
      await writer.call('SELECT', db);
      for (let n = 0; n < writesEach; n += 1) await writer.call('SET', `${db}:${n}`, 'v');
    }),
  );
  await pair.master.call('SET', '0:last', 'v');
  const { offset } = await pair.master.snapshot();
  await pair.master.call('SET', 'end', '1');
  const commands = await tap.commandsUntil('end');

  const writes = commands.filter(({ words: [name] }) => name === 'SET');
  expect(writes).toHaveLength(databases.length * writesEach + 1);
  expect(writes.filter(({ db, words: [, key] }) => !key?.startsWith(`${db}:`))).toEqual([]);
  const needed = writes.flatMap(({ db, words }, at) =>
    db === writes[at - 1]?.db ? [words] : [['SELECT', String(db)], words],
  );
  expect(needed.length - writes.length).toBeGreaterThan(databases.length);
  expect(commands.map(({ words }) => words)).toEqual(needed);
  expect(commands.at(-1)?.endOffset).toBe(offset);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a replica that continues goes on in the database where it was [C11]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  await stream.after('SELECT 3', 'SET before 1');
  await expect(pair.replica).toConvergeWith(pair.master);

  const outage = await pair.replica.link.apply(cut());
  expect(await stream.after('SET meanwhile 1')).toEqual(['SET meanwhile 1']);
  await outage.heal();

  await expect(pair.replica).toResync('partial');
  expect(await stream.after('SET after 1')).toEqual(['SET after 1']);
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a transaction arrives as one as far as it changes something [C16]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const single = can(await pair.master.snapshot(), 'bare-single-writes')
    ? { write: ['SET a 1'], none: [] }
    : { write: ['MULTI', 'SET a 1', 'EXEC'], none: ['MULTI', 'EXEC'] };
  const rows: [queued: string[], arrives: string[]][] = [
    [
      ['SET a 1', 'SET b 1'],
      ['MULTI', 'SET a 1', 'SET b 1', 'EXEC'],
    ],
    [
      ['SET a 1', 'GET a', 'INCRBYFLOAT a 1'],
      ['MULTI', 'SET a 1', 'SET a 2 KEEPTTL', 'EXEC'],
    ],
    [['SET a 1'], single.write],
    [['GET a', 'SET a 1'], single.write],
    [['SET a 1', 'LPUSH a 1'], single.write],
    [['LPUSH a 1'], single.none],
    [['GET a'], []],
    [[], []],
  ];

  for (const [queued, arrives] of rows) {
    const streamed = await stream.after('MULTI', ...queued, 'EXEC');
    expect(streamed, queued.join()).toEqual(arrives);
  }
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a transaction given up leaves nothing [C16]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);

  const { client } = stream;

  expect(await stream.after('MULTI', 'SET a 1', 'DISCARD')).toEqual([]);

  await client.call('MULTI');
  await client.call('SET', 'a', '1');
  await expect(client.call('NOSUCH')).rejects.toThrow('unknown command');
  await expect(client.call('EXEC')).rejects.toThrow('EXECABORT');
  expect(await stream.after()).toEqual([]);

  await client.call('WATCH', 'a');
  await pair.master.call('SET', 'a', 'of another');
  await client.call('MULTI');
  await client.call('SET', 'a', '1');
  expect(await client.call('EXEC')).toBeNull();
  expect(await stream.after()).toEqual(['SET a of another']);

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a transaction finds the databases it ran in [C16]', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using stream = await streamOf(pair.master);
  const inFour = can(await pair.master.snapshot(), 'select-inside-multi')
    ? ['MULTI', 'SELECT 4']
    : ['SELECT 4', 'MULTI'];

  const inSeveral = ['MULTI', 'SET a 1', 'SELECT 3', 'SET b 1', 'SELECT 0', 'SET c 1', 'EXEC'];
  expect(await stream.after(...inSeveral)).toEqual(inSeveral);
  const elsewhere = await stream.after('SELECT 4', 'MULTI', 'SET a 1', 'SET b 1', 'EXEC');
  expect(elsewhere).toEqual([...inFour, 'SET a 1', 'SET b 1', 'EXEC']);

  await expect(pair.replica).toConvergeWith(pair.master);
});
