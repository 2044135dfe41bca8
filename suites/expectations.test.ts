/**
 * The suites can fail: each expectation with its premise broken, and what it then says.
 */
import {
  cut,
  expect,
  fill,
  masterWithReplicas,
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

test('matchers have no opposite: what is not a full resync need not be a partial one', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));

  await expect(expect(pair.replica).not.toResync('full')).rejects.toThrow(
    'misuse: replication matchers have no `.not`',
  );
});
