/**
 * A replica whose wall clock is wrong: it hides keys by its own clock, and when they end stays its master's business.
 * Only the reference can be given a wrong clock; beside it, as its master or its replica, a real server has one, too.
 */
import {
  answers,
  cut,
  type Deployments,
  expect,
  type Node,
  noPings,
  setAhead,
  test,
  timeMs,
  topology,
  until,
} from '../helpers/suite.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

test.for(['before the replica attaches', 'in the stream'])(
  'an hour ahead: a key that is given a minute, %s, is hidden and held, and shown again if the master keeps it [N26]',
  async (when, { deployment }) => {
    await using pair = await apart(deployment, { aheadMs: HOUR_MS });
    const { master, replica } = pair;
    if (when === 'in the stream') await pair.attach();
    await master.call('SET', 'key', 'value');
    await master.call('PEXPIREAT', 'key', (await timeMs(master)) + MINUTE_MS);
    await master.call('SET', 'stays', '1');
    if (when !== 'in the stream') await pair.attach();

    await answers(replica, ['GET', 'stays'], '1');
    expect(await replica.call('DBSIZE'), 'held').toBe(2);
    expect(await replica.call('GET', 'key'), 'hidden').toBeNull();
    expect(await replica.call('PTTL', 'key')).toBe(-2);
    expect(await master.call('GET', 'key')).toBe('value');
    await master.call('PERSIST', 'key');

    await answers(replica, ['GET', 'key'], 'value');
    await expect(replica).toConvergeWith(master);
  },
);

test('an hour behind: a key is served by a replica that is cut off, long past its time; when its master can say so it is gone [N26]', async ({
  deployment,
}) => {
  await using pair = await apart(deployment, { aheadMs: -HOUR_MS });
  const { master, replica } = pair;
  await pair.attach();
  await master.call('SET', 'key', 'value');
  // The first bytes of a stream may wait for a second.
  await answers(replica, ['GET', 'key'], 'value');
  const endsAtMs = (await timeMs(master)) + 8_000;
  await master.call('PEXPIREAT', 'key', endsAtMs);
  await master.call('SET', 'told', '1');
  await answers(replica, ['GET', 'told'], '1');

  const outage = await (await pair.link(replica, master)).apply(cut());
  await until(
    () => master.call('DBSIZE'),
    (keys) => keys === 1,
    { what: 'the key to end on the master', withinMs: 20_000 },
  );
  expect(await timeMs(master)).toBeGreaterThanOrEqual(endsAtMs);
  expect(await replica.call('GET', 'key')).toBe('value');
  expect(await replica.call('PTTL', 'key')).toBeGreaterThan(HOUR_MS - MINUTE_MS);
  await outage.heal();

  await expect(replica).toResync('partial');
  await answers(replica, ['DBSIZE'], 1);
  await expect(replica).toConvergeWith(master);
});

test('an hour ahead and promoted: its clock counts now, and what its master would have served is deleted [N26]', async ({
  deployment,
}) => {
  await using pair = await apart(deployment, { aheadMs: HOUR_MS });
  const { master, replica } = pair;
  await pair.attach();
  await master.call('SET', 'key', 'value');
  await master.call('PEXPIREAT', 'key', (await timeMs(master)) + MINUTE_MS);
  await answers(replica, ['DBSIZE'], 1);

  await replica.promote();

  await answers(replica, ['DBSIZE'], 0);
  expect(await master.call('GET', 'key')).toBe('value');
});

/** Two masters, one of which has a clock that is ahead, until it attaches as the other's replica. */
async function apart(deployment: Deployments, { aheadMs }: { readonly aheadMs: number }) {
  deployment.needsServer('wrong-clock');
  const both = await deployment.start(
    topology([
      { name: 'master', config: noPings },
      { name: 'replica', config: noPings },
    ]),
  );
  const [master, replica] = [both.master, both.node('replica')];
  await setAhead(replica, master, aheadMs);
  const difference = (await timeMs(replica)) - (await timeMs(master));
  expect(Math.abs(difference - aheadMs), 'how wrong the clock is').toBeLessThan(MINUTE_MS / 2);
  return {
    master,
    replica,
    link: (from: Node, to: Node) => both.link(from, to),
    attach: async () => {
      await replica.replicaOf(master);
      await expect(replica).toResync('full');
    },
    [Symbol.asyncDispose]: () => both[Symbol.asyncDispose](),
  };
}
