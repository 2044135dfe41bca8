import {
  bandwidth,
  expect,
  halfOpen,
  latency,
  load,
  masterWithReplicas,
  type Node,
  premise,
  slices,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test.for([
  {
    slow: 'latency with jitter both ways',
    faults: [
      latency('downstream', { latencyMs: 60, jitterMs: 30 }),
      latency('upstream', { latencyMs: 60, jitterMs: 30 }),
    ],
  },
  {
    slow: 'slices of 7 bytes',
    faults: [slices('downstream', { averageBytes: 7, variationBytes: 3, delayUs: 20 })],
  },
])('$slow: the stream stays exact, nobody resyncs [N2]', async ({ faults }, { deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const applied = [];
  for (const fault of faults) applied.push(await pair.replica.link.apply(fault));
  await using writes = await load(pair.master, { seed: 1, ratePerSecond: 200, floor: 100 });

  await writes.goesOn(200);
  await writes.stop();

  await expect(pair.replica).toConvergeWith(pair.master, { withinMs: 30_000 });
  await expect(pair.replica).toHaveStayedInSync();
  for (const fault of applied.reverse()) await fault.heal();
  await writeBytes(pair.master, { seed: 2, bytes: 10_000 });
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a link narrower than what is written: the replica falls behind and stays online, the stream stays exact, nobody resyncs [N2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const { master, replica } = pair;
  await replica.link.apply(bandwidth('downstream', { kilobytesPerSecond: 30 }));
  await using writes = await load(master, { seed: 1, ratePerSecond: 1_500, floor: 100 });

  // As much as the link carries in a second and more: the load writes faster than that.
  for (const behindBytes of [20_000, 60_000]) {
    const { upstream } = await until(
      async () => {
        const seen = await replica.snapshot();
        const behind = (await master.snapshot()).offset - seen.offset;
        return { behind, upstream: seen.upstream };
      },
      ({ behind }) => behind >= behindBytes,
      {
        what: `the load to be ${behindBytes} bytes ahead of the replica`,
        withinMs: 30_000,
        verdict: 'inconclusive',
      },
    );
    expect(upstream?.link).toBe('up');
    expect((await master.snapshot()).replicas).toMatchObject([{ state: 'online' }]);
  }
  await writes.stop();

  await expect(replica).toConvergeWith(master, { withinMs: 30_000 });
  await expect(replica).toHaveStayedInSync();
});

test('a narrow link shows as distance between offsets, which the replica makes up [N2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const narrow = await pair.replica.link.apply(bandwidth('downstream', { kilobytesPerSecond: 40 }));

  await writeBytes(pair.master, { seed: 1, bytes: 400_000 });

  const [master, replica] = [await pair.master.snapshot(), await pair.replica.snapshot()];
  await premise('looked too late', () =>
    expect(master.offset - replica.offset).toBeGreaterThan(100_000),
  );
  expect(replica.upstream?.link).toBe('up');
  // The master knows what is acknowledged, which is no more than what is applied.
  const [seen] = (await pair.master.snapshot()).replicas;
  await premise('looked too late', () =>
    expect(master.offset - (seen?.offset ?? 0)).toBeGreaterThan(100_000),
  );
  await narrow.heal();
  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});

test('WAIT counts a replica only after its acknowledgement has crossed the slow link [N2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await streamFlows(pair.master, 1);
  await using _slow = await pair.replica.link.apply(latency('upstream', { latencyMs: 3_000 }), {
    provenWithinMs: 15_000,
  });
  using client = pair.master.dedicated();

  await client.call('SET', 'key', 'value');
  expect(await client.call('WAIT', 1, 100)).toBe(0);
  expect(await client.call('WAIT', 1, 8_000)).toBe(1);
});

test('acknowledgements that stay away for min-replicas-max-lag stop writes until they are back [N2] [W1]', async ({
  deployment,
}) => {
  const config = { 'min-replicas-to-write': 1, 'min-replicas-max-lag': 1 };
  await using pair = await deployment.start(masterWithReplicas(1, { masterConfig: config }));
  const write = (): Promise<string> => attempt(pair.master, 'SET', 'key', 'value');
  await until(write, (reply) => reply === 'OK', { what: 'a write to pass', withinMs: 15_000 });

  const silence = await pair.replica.link.apply(halfOpen('upstream'));
  const refused = await until(write, (reply) => reply !== 'OK', {
    what: 'writes to be refused',
    withinMs: 10_000,
  });
  expect(refused).toBe('NOREPLICAS Not enough good replicas to write.');
  await until(
    async () => (await pair.master.snapshot()).replicas[0]?.lagSeconds ?? 0,
    (lagSeconds) => lagSeconds > 1,
    { what: 'the replica to be seen late', withinMs: 10_000 },
  );
  await silence.heal();

  await until(write, (reply) => reply === 'OK', { what: 'a write to pass', withinMs: 10_000 });
  await expect(pair.replica).toResync('partial');
  await expect(pair.replica).toConvergeWith(pair.master);
});

/** The stream of a fresh replica can start a second after its link is up: wait for an acknowledged write. */
async function streamFlows(master: Node, replicas: number): Promise<void> {
  using client = master.dedicated();
  await client.call('SET', 'flows', '1');
  expect(await client.call('WAIT', replicas, 8_000)).toBe(replicas);
}

/** The reply, or the error in its place. */
async function attempt(node: Node, ...[command, ...args]: [string, ...string[]]): Promise<string> {
  try {
    return String(await node.call(command, ...args));
  } catch (thrown) {
    return (thrown as Error).message;
  }
}
