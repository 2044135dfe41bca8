/**
 * The suites can fail: each expectation with its premise broken, and what it then says.
 */
import {
  cut,
  expect,
  fill,
  masterWithReplicas,
  noPings,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test('a partial resync is expected, the backlog is too small for it', async ({ deployment }) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { 'repl-backlog-size': 32_768 } }),
  );
  const outage = await pair.replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 1, bytes: 200_000 });
  await outage.heal();

  await expect(expect(pair.replica).toResync('partial')).rejects.toThrow(
    /^correctness: replica-1 was expected to make one partial resync, and made:\n- full \(lack-of-backlog\), by the upstream's log:\n.*asks for synchronization\n.*for lack of backlog/,
  );
});

test('one resync is expected, there were two', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  for (const times of [1, 2]) {
    const outage = await pair.replica.link.apply(cut());
    await outage.heal();
    await until(
      () => pair.unjudgedResyncsOf(pair.replica).length,
      (made) => made === times,
      {
        what: `resync ${times}`,
        withinMs: 10_000,
      },
    );
  }

  await expect(expect(pair.replica).toResync('partial')).rejects.toThrow(
    'expected to make one partial resync, and made:\n- partial',
  );
  await expect(expect(pair.replica).toResync('full', { times: 'any' })).rejects.toThrow(
    'expected to make any full resyncs, and made:\n- partial',
  );
  await expect(pair.replica).toResync('partial', { times: 'any' });
});

test('no resync is expected, there was one', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const outage = await pair.replica.link.apply(cut());
  await outage.heal();
  await until(
    () => pair.unjudgedResyncsOf(pair.replica).length,
    (made) => made === 1,
    {
      what: 'the resync',
      withinMs: 10_000,
    },
  );

  await expect(expect(pair.replica).toHaveStayedInSync()).rejects.toThrow(
    'correctness: replica-1 was expected to stay in sync, and made:\n- partial',
  );
});

test('a resync is expected, nothing was cut', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));

  await expect(expect(pair.replica).toResync('partial', { withinMs: 300 })).rejects.toThrow(
    'liveness: waited 300 ms for replica-1 to be connected after one partial resync; last seen: link up, 0 resyncs',
  );
});

test('convergence is expected while the link is cut', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using _outage = await pair.replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 1, bytes: 100 });

  await expect(expect(pair.replica).toConvergeWith(pair.master, { withinMs: 300 })).rejects.toThrow(
    /^liveness: waited 300 ms for replica-1 to reach .*; last seen: replica-1 at byte \d+ of \w+ \(link down\), master at byte/,
  );
});

test('convergence is expected with a master that is another’s', async ({ deployment }) => {
  await using three = await deployment.start(
    topology([{ name: 'master' }, { name: 'replica', replicaOf: 'master' }, { name: 'stranger' }]),
  );
  await fill(three.node('stranger'), { seed: 1, keys: 50 });

  await expect(
    expect(three.node('replica')).toConvergeWith(three.node('stranger'), { withinMs: 300 }),
  ).rejects.toThrow(/^liveness: .*reach the replication ID and offset of stranger/);
});

test('equal offsets do not pass for equal data [C15]', async ({ deployment }) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { replicaConfig: { 'replica-read-only': 'no' } }),
  );
  await pair.master.call('SET', 'user:7', 'ann');
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.replica.call('SET', 'user:7', 'bob');

  const words = /holds other data:\ndb 0 string "user:7": value is "bob", expected "ann"/;
  await expect(expect(pair.replica).toConvergeWith(pair.master)).rejects.toThrow(words);
  await expect(expect(pair.replica).toHoldSameData(pair.master)).rejects.toThrow(
    'correctness: replica-1 does not hold the data of master:\ndb 0 string "user:7"',
  );
});

test('what was changed behind a replica’s back stays so, whatever is written later; a full resync makes it the same again [C15]', async ({
  deployment,
}) => {
  const config = { ...noPings, 'replica-read-only': 'no', 'repl-backlog-size': 16_384 };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  const { master, replica } = pair;
  await master.call('SET', 'user:7', 'ann');
  await master.call('RPUSH', 'log', 'first');
  await expect(replica).toConvergeWith(master);

  await replica.call('SET', 'user:7', 'bob');
  await replica.call('RPUSH', 'log', 'of nobody');
  await replica.call('SET', 'user:8', 'eve');
  await master.call('RPUSH', 'log', 'second');
  await writeBytes(master, { seed: 1, bytes: 50_000 });

  await expect(expect(replica).toConvergeWith(master)).rejects.toThrow(/"user:7": value is "bob"/);
  expect((await replica.snapshot()).offset, 'offsets tell nothing').toBe(
    (await master.snapshot()).offset,
  );
  expect(await replica.call('LRANGE', 'log', 0, -1)).toEqual(['first', 'of nobody', 'second']);
  await expect(replica).toHaveStayedInSync();

  const short = await replica.link.apply(cut());
  await master.call('SET', 'user:9', 'joe');
  await short.heal();
  await expect(replica).toResync('partial');
  expect(await replica.call('MGET', 'user:7', 'user:8', 'user:9')).toEqual(['bob', 'eve', 'joe']);

  const long = await replica.link.apply(cut());
  await writeBytes(master, { seed: 2, bytes: 200_000 });
  await long.heal();
  await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('MGET', 'user:7', 'user:8')).toEqual(['ann', null]);
});

test('servers that log all there is are judged as others are', async ({ deployment }) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { loglevel: 'debug', 'repl-backlog-size': 32_768 } }),
  );
  const { master, replica } = pair;
  for (const [bytes, kind, reason] of [
    [10_000, 'partial', 'in-backlog'],
    [200_000, 'full', 'lack-of-backlog'],
  ] as const) {
    const outage = await replica.link.apply(cut());
    await writeBytes(master, { seed: 1, bytes });
    await outage.heal();
    await expect(replica).toResync(kind, { reason });
    await expect(replica).toConvergeWith(master);
  }
});

test('matchers have no opposite: what is not a full resync need not be a partial one', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));

  await expect(expect(pair.replica).not.toResync('full')).rejects.toThrow(
    'misuse: replication matchers have no `.not`',
  );
});
