/**
 * What keeps a link alive and tells how far it is: PINGs, which are part of the stream and count in every offset, and
 * acknowledgements, which are not and do not.
 */
import {
  answers,
  chain,
  expect,
  halfOpen,
  masterWithReplicas,
  type Node,
  noPings,
  now,
  PING_BYTES,
  tapStream,
  test,
  until,
} from '../helpers/suite.ts';

const PERIOD = 'repl-ping-replica-period';
const GETACK_BYTES = '*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n'.length;
/** A cron's turn may come early after one that came late. */
const SLACK_MS = 1_000;

test.concurrent('PINGs come from the master alone, no more often than its period has it, and move the offsets of all below by their bytes', async ({
  deployment,
}) => {
  const periodSeconds = 2;
  await using line = await deployment.start(
    chain(2, { config: { [PERIOD]: 1 }, masterConfig: { [PERIOD]: periodSeconds } }),
  );
  const { master } = line;
  await using ofMaster = await tapStream(master, { housekeeping: true });
  await using ofMiddle = await tapStream(line.node('replica-1'), { housekeeping: true });
  const startedMs = now();
  await master.call('SET', 'start', '1');
  await ofMaster.commandsUntil('start');
  await ofMiddle.commandsUntil('start');
  const { offset } = await master.snapshot();

  await until(
    async () => (await master.snapshot()).offset - offset,
    (grown) => grown >= 3 * PING_BYTES,
    { what: 'three PINGs', withinMs: 30_000 },
  );
  await master.call('SET', 'end', '1');
  const pings = await ofMaster.commandsUntil('end');
  const elapsedMs = now() - startedMs;

  expect(pings.length).toBeGreaterThanOrEqual(3);
  expect(new Set(pings.map(({ words }) => words.join(' ').toUpperCase()))).toEqual(
    new Set(['PING']),
  );
  const first = pings[0]?.endOffset ?? 0;
  expect(pings.map(({ endOffset }) => endOffset)).toEqual(
    pings.map((_, at) => first + at * PING_BYTES),
  );
  expect(first - offset).toBeLessThanOrEqual(PING_BYTES);
  expect((pings.length - 1) * periodSeconds * 1_000).toBeLessThan(elapsedMs + SLACK_MS);
  expect(await ofMiddle.commandsUntil('end')).toEqual(pings);
  for (const replica of line.replicas) await expect(replica).toConvergeWith(master);
});

test.concurrent('a master whose last replica has left sends no PINGs any more', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: { [PERIOD]: 1 } }));
  const { master, replica } = pair;
  await replica.promote();
  await until(
    async () => (await master.snapshot()).replicas.length,
    (replicas) => replicas === 0,
    { what: 'the master to have no replica', withinMs: 10_000 },
  );
  const { offset } = await master.snapshot();
  await using _listens = await tapStream(replica);
  const { offset: from } = await replica.snapshot();

  await until(
    async () => (await replica.snapshot()).offset - from,
    (grown) => grown >= 3 * PING_BYTES,
    { what: 'PINGs of a master that has one', withinMs: 30_000 },
  );

  expect((await master.snapshot()).offset).toBe(offset);
});

test.concurrent('a replica acknowledges what it has applied again and again, unasked', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  const { master, replica } = pair;
  await using tap = await tapStream(master, { housekeeping: true });

  for (const key of ['one', 'two', 'three']) {
    await master.call('SET', key, '1');
    const { offset } = await master.snapshot();
    await until(
      () => seenBy(master, replica),
      (seen) => seen.offset === offset && seen.lagSeconds <= 1,
      { what: `${replica.name} to acknowledge ${offset}`, withinMs: 15_000 },
    );
  }
  await master.call('SET', 'end', '1');
  const commands = await tap.commandsUntil('end');
  expect(commands.filter(({ words: [name] }) => name === 'REPLCONF')).toEqual([]);
});

test.concurrent('acknowledgements that get lost show as lag, which grows by the second, while data arrives [N1] [N2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  const { master, replica } = pair;
  await expect(replica).toConvergeWith(master);
  const silence = await replica.link.apply(halfOpen('upstream'));
  const { offset: acknowledged } = await seenBy(master, replica);

  for (const lagSeconds of [2, 4]) {
    await lagReaches(master, replica, lagSeconds);
    await master.call('SET', 'key', lagSeconds);
    await answers(replica, ['GET', 'key'], String(lagSeconds));
  }

  const { offset } = await master.snapshot();
  expect(await seenBy(master, replica)).toMatchObject({ state: 'online', offset: acknowledged });
  expect(await replica.snapshot()).toMatchObject({ offset, upstream: { link: 'up' } });
  await silence.heal();
  await expect(replica).toResync('partial', { reason: 'in-backlog' });
  expect(pair.resyncsOf(replica).at(-1)).toMatchObject({ backlogBytes: 0 });
  await until(
    () => seenBy(master, replica),
    (seen) => seen.offset === offset && seen.lagSeconds <= 1,
    { what: 'acknowledgements to come again', withinMs: 15_000 },
  );
});

test.concurrent('WAIT asks for acknowledgement in the stream, and of all below; the answer tells of what came before the question [W2]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: noPings }));
  const { master } = line;
  const middle = line.node('replica-1');
  for (const replica of line.replicas) await expect(replica).toConvergeWith(master);
  await using ofMaster = await tapStream(master, { housekeeping: true });
  await using ofMiddle = await tapStream(middle, { housekeeping: true });
  for (const tap of [ofMaster, ofMiddle]) {
    await master.call('SET', 'start', '1');
    await tap.commandsUntil('start');
  }
  using client = master.dedicated();

  // An answer that one of the ordinary acknowledgements overtakes tells nothing.
  const behind = await until(
    async () => {
      const [, waited] = await Promise.all([
        client.call('SET', 'key', '1'),
        client.call('WAIT', 1, 10_000),
      ]);
      expect(waited).toBe(1);
      return (await master.snapshot()).offset - (await seenBy(master, middle)).offset;
    },
    (bytes) => bytes > 0,
    { what: 'an acknowledgement that is just an answer', withinMs: 15_000 },
  );
  expect(behind).toBe(GETACK_BYTES);
  await until(
    async () => (await master.snapshot()).offset - (await seenBy(master, middle)).offset,
    (bytes) => bytes === 0,
    { what: 'the question itself to be acknowledged', withinMs: 15_000 },
  );

  // Nothing is asked of those who have told already.
  expect(await client.call('WAIT', 1, 10_000)).toBe(1);
  await master.call('SET', 'end', '1');
  const commands = await ofMaster.commandsUntil('end');
  const ends = commands.map(({ endOffset }) => endOffset);
  const names = commands.map(({ words }) => words.join(' '));
  const asked = names.flatMap((name, at) => (name === 'REPLCONF GETACK *' ? [at] : []));
  expect(asked.length).toBeGreaterThan(0);
  for (const at of asked) {
    expect(names[at - 1]).toBe('SET key 1');
    expect((ends[at] ?? 0) - (ends[at - 1] ?? 0)).toBe(GETACK_BYTES);
  }
  expect(names.at(-1)).toBe('REPLCONF GETACK *');
  const ofBoth = await ofMiddle.commandsUntil('end');
  expect(ofBoth.filter(({ words: [, key] }) => key !== 'start')).toEqual(
    commands.filter(({ words: [, key] }) => key !== 'start'),
  );
});

/** How an upstream sees one of those that read its stream. */
async function seenBy(upstream: Node, replica: Node) {
  const { replicas } = await upstream.snapshot();
  const seen = replicas.find(({ port }) => port === replica.port);
  if (seen === undefined) throw new Error(`${upstream.name} does not list ${replica.name}`);
  return seen;
}

async function lagReaches(upstream: Node, replica: Node, lagSeconds: number): Promise<void> {
  await until(
    async () => (await seenBy(upstream, replica)).lagSeconds,
    (lag) => lag >= lagSeconds,
    { what: `a lag of ${replica.name} of ${lagSeconds} s`, withinMs: 30_000 },
  );
}
