/**
 * A data directory that nothing can be written to: on a master that has to write an RDB for a replica, and on the
 * replica that has to write what it receives. What was there is served on, and nothing is lost when it is back.
 */
import {
  answers,
  cut,
  type Deployment,
  dirChangeable,
  expect,
  fill,
  masterWithReplicas,
  NOT_SAVED,
  type Node,
  saveRdb,
  saving,
  test,
  topology,
  until,
  withoutDisk,
  writeBytes,
} from '../helpers/suite.ts';

const MISCONF = 'MISCONF ';
/** The second where what starts the server in its container lets the signal through that goes with the limit. */
const TOO_LONG =
  /^Write error (?:while )?saving DB (?:on|to the) disk|^Background saving terminated by signal/;
const onDisk = { 'repl-diskless-sync': 'no', 'repl-backlog-size': 16_384 };

test('a master that cannot write the RDB for a replica says so and goes on, the replica serves what it has; once it can, the replica attaches [N25]', async ({
  deployment,
}) => {
  const config = { ...onDisk, ...dirChangeable(deployment.target) };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  const outage = await outageBeyondTheBacklog(pair);
  const { keys: held } = await replica.snapshot();
  await using disk = await withoutDisk(master);
  await outage.heal();

  await saysTwice(master, NOT_SAVED);
  await master.logged(/^SYNC failed\. BGSAVE child returned an error$/);
  expect(await persistence(master)).toContain('rdb_last_bgsave_status:err');
  expect(await master.call('SET', 'meanwhile', '1'), 'no save points: writes go on').toBe('OK');
  expect((await replica.snapshot()).keys, 'the old data').toEqual(held);
  expect(await replica.call('GET', 'before')).toBe('1');
  await disk.isBack();

  await resyncsFullyAtLast(replica);
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('GET', 'meanwhile')).toBe('1');
  expect(await persistence(master)).toContain('rdb_last_bgsave_status:ok');
});

test('with save points, a BGSAVE that failed stops writes and PING, and so replicas: until one succeeds [N25]', async ({
  deployment,
}) => {
  const config = { ...onDisk, ...saving, ...dirChangeable(deployment.target) };
  await using both = await deployment.start(
    topology([{ name: 'master', config }, { name: 'newcomer' }]),
  );
  const { master } = both;
  const newcomer = both.node('newcomer');
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  await using disk = await withoutDisk(master);
  await master.call('BGSAVE');
  await bgsaveEnded(master, 'err');
  await expect(master.call('SET', 'key', '1')).rejects.toThrow(MISCONF);
  await expect(master.call('PING')).rejects.toThrow(MISCONF);

  await newcomer.replicaOf(master);
  await newcomer.logged(/^Error reply to PING from (?:master|primary): '-MISCONF /);
  await disk.isBack();
  await expect(master.call('SET', 'key', '1'), 'not by itself').rejects.toThrow(MISCONF);
  expect(both.resyncsOf(newcomer)).toEqual([]);
  await master.call('BGSAVE');
  await bgsaveEnded(master, 'ok');

  await expect(newcomer).toResync('full');
  await expect(newcomer).toConvergeWith(master);
  expect((await newcomer.snapshot()).keys).toEqual(keysByDatabase);
  expect(await master.call('SET', 'key', '1')).toBe('OK');
});

test('a replica that cannot write what it receives says so and keeps what it has; once it can, it attaches [N25]', async ({
  deployment,
}) => {
  const config = { ...onDisk, ...dirChangeable(deployment.target) };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  const outage = await outageBeyondTheBacklog(pair);
  const { keys: held } = await replica.snapshot();
  await using disk = await withoutDisk(replica);
  await outage.heal();

  // Redis tries for five seconds, and answers nobody meanwhile.
  await replica.logged(
    /^Opening the temp file needed for (?:MASTER|PRIMARY) <-> REPLICA synchronization: /,
    20_000,
  );
  const { keys } = await until(
    () => replica.snapshot(),
    () => true,
    { what: `${replica.name} to answer`, withinMs: 20_000 },
  );
  expect(keys, 'the old data').toEqual(held);
  expect(await replica.call('GET', 'before')).toBe('1');
  await disk.isBack();

  await resyncsFullyAtLast(replica);
  await expect(replica).toConvergeWith(master);
});

test('the RDB for a replica does not fit on the disk: the master says so and goes on; when there is less to save, the replica attaches [N25]', async ({
  deployment,
}) => {
  await using both = await deployment.start(
    topology([
      { name: 'master', config: onDisk, fileBytesMax: 100_000 },
      { name: 'newcomer', config: onDisk },
    ]),
  );
  const { master } = both;
  const newcomer = both.node('newcomer');
  await master.call('SET', 'fits', '1');
  await saveRdb(master);
  await writeBytes(master, { seed: 1, bytes: 200_000, valueBytes: 50_000 });
  await newcomer.call('SET', 'old', '1');

  await newcomer.replicaOf(master);
  await saysTwice(master, TOO_LONG);
  expect(await master.call('SET', 'meanwhile', '1')).toBe('OK');
  expect(await newcomer.call('GET', 'old'), 'the old data').toBe('1');
  for (let key = 0; key < 4; key += 1) await master.call('DEL', `bytes:${key}`);

  await resyncsFullyAtLast(newcomer);
  await expect(newcomer).toConvergeWith(master);
  expect(await newcomer.call('MGET', 'fits', 'meanwhile', 'old')).toEqual(['1', '1', null]);
  await master.kill();
  await master.restart({ data: 'kept' });
  await answers(master, ['GET', 'fits'], '1');
});

/** The replica holds the key `before`, and needs a full resync when the outage is healed. */
async function outageBeyondTheBacklog({ master, replica }: Deployment) {
  await master.call('SET', 'before', '1');
  await expect(replica).toConvergeWith(master);
  const outage = await replica.link.apply(cut());
  await writeBytes(master, { seed: 1, bytes: 200_000 });
  return outage;
}

/** It may have asked any number of times, and each was a full resync that did not come to its end, but for the last. */
async function resyncsFullyAtLast(replica: Node): Promise<void> {
  const { deployment } = replica;
  await deployment.inSync(replica);
  await deployment.logsComplete();
  const times = deployment.unjudgedResyncsOf(replica).length;
  expect(times, 'the first cannot have succeeded').toBeGreaterThan(1);
  await expect(replica).toResync('full', { times });
}

async function saysTwice({ name, server: { log } }: Node, pattern: RegExp): Promise<void> {
  await until(
    () => log.lines.filter(({ text }) => pattern.test(text)).length,
    (count) => count > 1,
    { what: `${name} to log ${pattern} twice`, withinMs: 15_000 },
  );
}

async function bgsaveEnded(node: Node, status: 'ok' | 'err'): Promise<void> {
  await until(
    () => persistence(node),
    (info) =>
      info.includes('rdb_bgsave_in_progress:0') &&
      info.includes(`rdb_last_bgsave_status:${status}`),
    { what: `a BGSAVE of ${node.name} to end: ${status}`, withinMs: 10_000 },
  );
}

async function persistence(node: Node): Promise<string> {
  return String(await node.call('INFO', 'persistence'));
}
