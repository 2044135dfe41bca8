/**
 * Faults at exact bytes of a replication link. They need the embedded Toxiproxy: on a real one each is
 * refused by name.
 */
import {
  corrupt,
  cut,
  cutAt,
  type Deployment,
  expect,
  hold,
  masterWithReplicas,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** In the middle of a value of 20 KB that the backlog holds: behind the handshake, before its end. */
const WITHIN_THE_VALUE = 10_000;

test('a fault that only the embedded Toxiproxy has is refused by name on a real one', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  const { link } = pair.replica;
  for (const fault of [
    corrupt('downstream', { offset: 50 }),
    cutAt('downstream', { bytes: 50 }),
    hold('upstream'),
  ]) {
    if (await pair.has(fault.extension)) {
      const active = await link.apply(fault);
      await active.heal();
    } else {
      await expect(link.apply(fault)).rejects.toThrow(
        `misuse: ${fault.kind} needs the embedded Toxiproxy`,
      );
    }
  }
});

test('a corrupted byte in the stream: offsets are equal, data is not, and that is seen [N7]', async ({
  deployment,
}) => {
  await deployment.needs('corrupt');
  await using pair = await deployment.start(masterWithReplicas(1));

  const outage = await missedValue(pair);
  const flipped = await pair.replica.link.apply(
    corrupt('downstream', { offset: WITHIN_THE_VALUE, mask: 1 }),
    { unproven: true },
  );
  await outage.heal();
  await expect(pair.replica).toResync('partial');

  await expect(expect(pair.replica).toConvergeWith(pair.master)).rejects.toThrow(
    /^correctness: replica-1 is at offset \d+ of \w+ as master is, and holds other data:\ndb 0 string "bytes:0"/,
  );
  await flipped.heal();
});

test('a corrupted byte in the RDB: the replica does not load it, and starts anew [N7]', async ({
  deployment,
}) => {
  await deployment.needs('corrupt');
  await using both = await deployment.start(topology([{ name: 'master' }, { name: 'newcomer' }]));
  const newcomer = both.node('newcomer');
  await writeBytes(both.master, { seed: 1, bytes: 20_000, valueBytes: 20_000 });
  const link = await both.link(newcomer, both.master);

  const flipped = await link.apply(corrupt('downstream', { offset: WITHIN_THE_VALUE, mask: 1 }));
  await newcomer.replicaOf(both.master);
  // Redis ends itself over a wrong checksum; a replica may as well keep what it has and ask again.
  const refusal = await until(
    async () => {
      if (newcomer.server.exit !== undefined) return 'it ended';
      return (await both.master.snapshot()).counters.full > 1 ? 'it asked again' : undefined;
    },
    (seen) => seen !== undefined,
    { what: 'the newcomer to refuse the RDB', withinMs: 15_000, verdict: 'correctness' },
  );
  await flipped.heal();
  if (refusal === 'it ended') {
    await newcomer.restart({ data: 'lost' });
    await newcomer.replicaOf(both.master);
  }

  await expect(newcomer).toConvergeWith(both.master);
});

test('cuts inside a command, again and again: nothing is lost or applied twice [N3]', async ({
  deployment,
}) => {
  await deployment.needs('cut_at');
  await using pair = await deployment.start(masterWithReplicas(1));
  await pair.master.call('SET', 'counter', '0');
  await expect(pair.replica).toConvergeWith(pair.master);

  const outage = await pair.replica.link.apply(cut());
  for (let count = 0; count < 100; count += 1) await pair.master.call('INCR', 'counter');
  const everySome = await pair.replica.link.apply(cutAt('downstream', { bytes: 1_500 }), {
    unproven: true,
  });
  await outage.heal();
  await until(
    () => pair.unjudgedResyncsOf(pair.replica).length,
    (resyncs) => resyncs >= 2,
    { what: 'two resyncs cut short', withinMs: 15_000, verdict: 'inconclusive' },
  );
  await everySome.heal();

  await expect(pair.replica).toConvergeWith(pair.master);
  await pair.logsComplete();
  const kinds = pair.unjudgedResyncsOf(pair.replica).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['partial']));
});

test('a stream held and released loses nothing, and nobody resyncs', async ({ deployment }) => {
  await deployment.needs('hold');
  await using pair = await deployment.start(masterWithReplicas(1));
  await expect(pair.replica).toConvergeWith(pair.master);

  const held = await pair.replica.link.apply(hold('downstream'));
  const { offset: before } = await pair.replica.snapshot();
  await writeBytes(pair.master, { seed: 1, bytes: 100_000 });
  expect((await pair.replica.snapshot()).offset).toBe(before);
  await held.heal();

  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});

/** Cuts the replica off, and writes one value of 20 KB that it misses. */
async function missedValue(pair: Deployment) {
  await expect(pair.replica).toConvergeWith(pair.master);
  const outage = await pair.replica.link.apply(cut());
  await writeBytes(pair.master, { seed: 1, bytes: 20_000, valueBytes: 20_000 });
  return outage;
}
