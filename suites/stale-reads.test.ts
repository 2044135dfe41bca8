/**
 * What a replica answers while its link is down. In production: read from replicas only what may be old, and have those that must
 * not serve it say `replica-serve-stale-data no`; let clients look at `master_link_status` and `master_last_io_seconds_ago`, since a
 * link that is silent counts as up until repl-timeout is over.
 */
import {
  cut,
  expect,
  fill,
  linkSeenDown,
  masterWithReplicas,
  noPings,
  test,
  topology,
  writeBytes,
} from '../helpers/suite.ts';

test('replica-serve-stale-data: while the link is cut one replica serves old data, the other says MASTERDOWN [N17] [N20]', async ({
  deployment,
}) => {
  const says = (answer: 'yes' | 'no'): Record<string, string> => ({
    'replica-serve-stale-data': answer,
  });
  await using three = await deployment.start(
    topology([
      { name: 'master' },
      { name: 'serves', replicaOf: 'master', config: says('yes') },
      { name: 'refuses', replicaOf: 'master', config: says('no') },
    ]),
  );
  const [serves, refuses] = [three.node('serves'), three.node('refuses')];
  await three.master.call('SET', 'key', 'old');
  for (const replica of three.replicas) {
    await expect(replica).toConvergeWith(three.master);
    expect(await replica.call('GET', 'key')).toBe('old');
  }

  const outages = await Promise.all(three.replicas.map(({ link }) => link.apply(cut())));
  await Promise.all(three.replicas.map((replica) => linkSeenDown(replica)));
  await three.master.call('SET', 'key', 'new');

  expect(await serves.call('GET', 'key')).toBe('old');
  for (const command of [['GET', 'key'], ['KEYS', '*'], ['DBSIZE']]) {
    await expect(refuses.call(...(command as [string, ...string[]]))).rejects.toThrow(
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    );
  }
  expect(await refuses.role()).toMatchObject({ role: 'replica', offset: -1 });
  expect((await refuses.snapshot()).upstream?.link).toBe('down');
  expect(await refuses.call('CONFIG', 'GET', 'replica-serve-stale-data')).toContain('no');
  await Promise.all(outages.map((outage) => outage.heal()));

  for (const replica of three.replicas) {
    await expect(replica).toResync('partial');
    await expect(replica).toConvergeWith(three.master);
    expect(await replica.call('GET', 'key')).toBe('new');
  }
});

test('a replica that refuses stale data can still be promoted, and then serves it [N17]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { replicaConfig: { 'replica-serve-stale-data': 'no' } }),
  );
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await using _outage = await pair.replica.link.apply(cut());
  await linkSeenDown(pair.replica);
  await expect(pair.replica.call('RANDOMKEY')).rejects.toThrow('MASTERDOWN');
  await pair.replica.promote();

  await expect(pair.replica).toHoldSameData(pair.master);
  expect(await pair.replica.call('SET', 'mine', '1')).toBe('OK');
});

test('a replica refuses writes with READONLY, and nothing of it changes', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);
  const { offset, keys } = await pair.replica.snapshot();

  for (const write of ['SET key mine', 'DEL key', 'FLUSHALL', 'LPUSH list mine', 'EXPIRE key 1']) {
    const [command = '', ...args] = write.split(' ');
    await expect(pair.replica.call(command, ...args)).rejects.toThrow(
      "READONLY You can't write against a read only replica.",
    );
  }

  expect(await pair.replica.snapshot()).toMatchObject({ offset, keys });
  await writeBytes(pair.master, { seed: 2, bytes: 1_000 });
  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});
