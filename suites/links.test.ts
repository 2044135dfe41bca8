import {
  bandwidth,
  cut,
  expect,
  halfOpen,
  latency,
  limitData,
  masterWithReplicas,
  reset,
  slices,
  slowClose,
  test,
  until,
} from '../helpers/suite.ts';

const every = [
  cut(),
  reset(),
  halfOpen('upstream'),
  halfOpen('downstream'),
  halfOpen('both'),
  latency('upstream', { latencyMs: 30 }),
  latency('downstream', { latencyMs: 30, jitterMs: 10 }),
  bandwidth('upstream', { kilobytesPerSecond: 200 }),
  bandwidth('downstream', { kilobytesPerSecond: 200 }),
  slices('upstream', { averageBytes: 10, delayUs: 100 }),
  slices('downstream', { averageBytes: 10, variationBytes: 5, delayUs: 100 }),
  limitData('upstream', { bytes: 100 }),
  limitData('downstream', { bytes: 100 }),
  slowClose('upstream', { delayMs: 50 }),
  slowClose('downstream', { delayMs: 50 }),
];

test('every fault takes effect on a link and is gone after its heal', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  for (const fault of every) {
    const active = await pair.replica.link.apply(fault);
    expect(active.effect).not.toBe('');
    const outage = await active.heal();
    expect(outage.healedAtMs).toBeGreaterThan(outage.appliedAtMs);
  }
  await pair.master.call('SET', 'after', 'all');
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a fault that has no effect is inconclusive, and is taken back', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const idle = { ...latency('downstream', { latencyMs: 300 }), means: [] };

  await expect(pair.replica.link.apply(idle, { provenWithinMs: 200 })).rejects.toThrow(
    /^inconclusive: waited \d+ ms for an answer at least 300 ms later than before/,
  );
  const real = await pair.replica.link.apply(cut());
  await real.heal();
});

test('a link whose upstream is dead cannot prove a fault', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await pair.master.kill();

  await expect(pair.replica.link.apply(cut(), { provenWithinMs: 200 })).rejects.toThrow(
    /^inconclusive: .*to carry a PING before the fault/,
  );
});

test('faults add up on a link, and each heals alone', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const { link } = pair.replica;

  const first = await link.apply(latency('downstream', { latencyMs: 100 }));
  const second = await link.apply(latency('upstream', { latencyMs: 100 }));
  await first.heal();
  const third = await link.apply(latency('downstream', { latencyMs: 100 }));
  await second.heal();
  await third.heal();

  const outer = await link.apply(cut());
  const inner = await link.apply(cut());
  await outer.heal();
  expect((await pair.replica.snapshot()).upstream?.link).toBe('down');
  await inner.heal();
  await expect(pair.replica).toResync('partial');
});

test('leaving the scope of a fault heals it', async ({ deployment }) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  {
    await using _outage = await pair.replica.link.apply(cut());
  }
  await expect(pair.replica).toResync('partial');
});

test('a client link is cut without the replication link, and the reverse', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const client = pair.master.connect({ retryStrategy: () => 20, maxRetriesPerRequest: 0 });
  await client.set('before', '1');

  await using clientOutage = await pair.master.clientLink.apply(cut());
  await expect(client.set('during', '1')).rejects.toThrow();
  await expect(pair.replica).toConvergeWith(pair.master);
  await clientOutage.heal();
  await until(
    () => client.set('after', '1'),
    (reply) => reply === 'OK',
    {
      what: 'the client to write again',
      withinMs: 15_000,
    },
  );

  await using outage = await pair.replica.link.apply(cut());
  expect(await client.set('still', '1')).toBe('OK');
  await outage.heal();
  await expect(pair.replica).toResync('partial');
  await expect(pair.replica).toConvergeWith(pair.master);
});
