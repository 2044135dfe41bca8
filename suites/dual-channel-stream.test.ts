/** The main connection beside an RDB, by hand: what it is sent, from where on, and how long it may wait before it asks. */
import { can, type Versioned } from '../helpers/deployment/capabilities.ts';
import type { Config } from '../helpers/deployment/config.ts';
import {
  apart,
  askForStream,
  askOverTwoChannels,
  debugAllowed,
  expect,
  noPings,
  premise,
  rawConnection,
  rdbCame,
  rdbEnded,
  rdbIsWhole,
  slowRdb,
  streamCame,
  type TwoChannels,
  test,
  transfers,
  twoChannelsDirective,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** Announced as the replica's; nobody listens there. */
const PORT = 1;
const smallBacklog = (server: Versioned): Config => ({
  ...noPings,
  ...debugAllowed(server),
  [twoChannelsDirective(server)]: 'yes',
  'repl-backlog-size': 16_384,
});
const BEYOND_BACKLOG_BYTES = 1_000_000;
const LITTLE_BYTES = 200_000;
const FROM_SELECT = /^\*2\r\n\$6\r\nSELECT\r\n/;

const rdbIsStillUnderWay = (channels: TwoChannels) =>
  premise('the RDB was sent too soon', () => expect(rdbIsWhole(channels)).toBe(false));

test.for([
  { asked: 'while the RDB comes', rdbMs: 4_000 },
  { asked: 'after the RDB', rdbMs: 0 },
])(
  'the stream begins with the byte behind the RDB, sent or asked for $asked [D8]',
  async ({ rdbMs }, { deployment }) => {
    deployment.needsServer('two-channels');
    await using one = await deployment.start(apart([], smallBacklog(deployment.target)));
    await slowRdb(one.master, { rdbMs });
    using channels = await askOverTwoChannels(one.master, PORT);
    if (rdbMs === 0) await rdbCame(channels);
    await writeBytes(one.master, { seed: 1, bytes: BEYOND_BACKLOG_BYTES });
    if (can(deployment.target, 'dual-channel')) {
      expect(await askForStream(channels)).toEqual(['+OK', `+CONTINUE ${channels.replid}`]);
    }

    const bytes = (await one.master.snapshot()).offset - channels.rdbEnd;
    const stream = await streamCame(channels, bytes);

    if (rdbMs > 0) await rdbIsStillUnderWay(channels);
    expect(bytes).toBeGreaterThan(BEYOND_BACKLOG_BYTES);
    expect(stream).toHaveLength(bytes);
    expect(stream).toMatch(FROM_SELECT);
    await rdbCame(channels);
  },
);

test.for(['an empty', 'a used'])(
  'from %s backlog, all that comes behind an RDB is kept until it is asked for, beyond the size of the backlog [D10] [D9]',
  async (backlog, { deployment }) => {
    deployment.needsServer('dual-channel');
    await using two = await deployment.start(apart(['replica'], smallBacklog(deployment.target)));
    const replica = two.node('replica');
    if (backlog === 'a used') {
      await replica.replicaOf(two.master);
      await expect(replica).toResync('full');
      await writeBytes(two.master, { seed: 1, bytes: 100_000 });
      await expect(replica).toConvergeWith(two.master);
    }
    using channels = await askOverTwoChannels(two.master, PORT);
    expect(channels.rdbEnd > 0).toBe(backlog === 'a used');
    await rdbCame(channels);

    await writeBytes(two.master, { seed: 2, bytes: BEYOND_BACKLOG_BYTES });
    const kept = await transfers(two.master);
    expect(kept.waitingForStream).toBe(1);
    expect(kept.keptForReplicas).toBeGreaterThan(BEYOND_BACKLOG_BYTES);
    const [, continues] = await askForStream(channels);
    expect(continues).toBe(`+CONTINUE ${channels.replid}`);

    const bytes = (await two.master.snapshot()).offset - channels.rdbEnd;
    expect(await streamCame(channels, bytes)).toHaveLength(bytes);
    const left = await until(
      () => transfers(two.master),
      ({ keptForReplicas }) => keptForReplicas < LITTLE_BYTES,
      { what: 'the master to keep no more than its backlog', withinMs: 10_000 },
    );
    expect(left.waitingForStream).toBe(0);
    if (backlog === 'a used') await expect(replica).toHaveStayedInSync();
  },
);

const refused = ({ clientId }: TwoChannels): string[] => [
  `-ERR Unrecognized RDB client id ${clientId}`,
  '+DUALCHANNELSYNC',
];

test.for(['within', 'beyond'])(
  'asked for %s the time of grace after the RDB’s connection has ended: the stream, or an RDB anew [D11]',
  async (asked, { deployment }) => {
    deployment.needsServer('dual-channel');
    await using one = await deployment.start(apart([], smallBacklog(deployment.target)));
    const graceSeconds = asked === 'within' ? 60 : 1;
    await one.master.call('DEBUG', 'DELAY-RDB-CLIENT-FREE-SECONDS', graceSeconds);
    using channels = await askOverTwoChannels(one.master, PORT);
    await rdbCame(channels);
    channels.rdb[Symbol.dispose]();
    await writeBytes(one.master, { seed: 1, bytes: BEYOND_BACKLOG_BYTES });
    await one.master.logged(
      /RDB transfer completed, rdb only replica \(\S+\) should be disconnected/,
    );
    expect((await transfers(one.master)).waitingForStream).toBe(1);

    if (asked === 'within') {
      expect(await askForStream(channels)).toEqual(['+OK', `+CONTINUE ${channels.replid}`]);
      const bytes = (await one.master.snapshot()).offset - channels.rdbEnd;
      expect(await streamCame(channels, bytes)).toHaveLength(bytes);
    } else {
      await one.master.logged(/failed to establish PSYNC within the grace period/);
      expect(await askForStream(channels)).toEqual(refused(channels));
    }
    expect((await transfers(one.master)).waitingForStream).toBe(0);
  },
);

test('a replica over the output limit before it has asked for the stream loses its RDB, too [D12]', async ({
  deployment,
}) => {
  deployment.needsServer('dual-channel');
  const config = {
    ...smallBacklog(deployment.target),
    'client-output-buffer-limit': 'replica 1mb 0 0',
  };
  await using one = await deployment.start(apart([], config));
  await slowRdb(one.master, { rdbMs: 4_000 });
  using channels = await askOverTwoChannels(one.master, PORT);
  expect((await transfers(one.master)).waitingForStream).toBe(1);

  await writeBytes(one.master, { seed: 1, bytes: 2 * BEYOND_BACKLOG_BYTES });

  await until(
    () => channels.rdb.ended,
    (ended) => ended,
    { what: 'the connection of the RDB to end', withinMs: 10_000 },
  );
  await rdbIsStillUnderWay(channels);
  await one.master.logged(/closed .* for overcoming of output buffer limits/);
  const left = await rdbEnded(one.master);
  expect(left.waitingForStream).toBe(0);
  expect(left.keptForReplicas).toBeLessThan(LITTLE_BYTES);
  expect(await askForStream(channels)).toEqual(refused(channels));
});

test('a connection that is gone, never was, or is no replica’s cannot be named as the other one [D15]', async ({
  deployment,
}) => {
  deployment.needsServer('two-channels');
  await using one = await deployment.start(apart([], smallBacklog(deployment.target)));
  const { master } = one;
  await slowRdb(master, { rdbMs: 4_000 });
  const gone = await askOverTwoChannels(master, PORT);
  gone[Symbol.dispose]();
  await rdbEnded(master);
  const { counters } = await master.snapshot();
  const option = can(deployment.target, 'dual-channel') ? 'set-rdb-client-id' : 'main-ch-client-id';
  using client = rawConnection(master);
  const [ordinary] = (await master.clientList()).map(({ id }) => id);

  for (const id of [gone.clientId, 1_000_000, ordinary]) {
    const before = client.received.length;
    client.send(`REPLCONF ${option} ${id}`);
    const answer = await until(
      () => client.received.slice(before),
      (text) => text.endsWith('\r\n'),
      { what: 'an answer', withinMs: 10_000 },
    );
    expect(answer).toMatch(new RegExp(`^-ERR Unrecognized RDB client id:? ${id}\r\n$`));
  }
  expect((await master.snapshot()).counters).toEqual(counters);
  expect((await master.snapshot()).replicas).toEqual([]);
});
