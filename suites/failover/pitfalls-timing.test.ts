/**
 * A master that is busy for longer than down-after-milliseconds is replaced, though nothing is wrong with it. In production:
 * have down-after-milliseconds above the longest command, script or fork (INFO latest_fork_usec, LATENCY, SLOWLOG tell) that the
 * master has, five seconds or more; the less it is, the more failovers there are that nobody needed, and each may lose writes.
 */
import {
  allAgree,
  debugAllowed,
  expect,
  failedOver,
  masterWithReplicas,
  sentinels,
  test,
  until,
} from '../../helpers/suite.ts';

const COMMAND_SECONDS = 8;
/** Each command of a test's own gives up after 10 s. */
const BELOW_MS = 2_000;
const ABOVE_MS = 20_000;

test('a command of 8 s where 2 s count as down: a healthy master is replaced, and what it was told last is lost [N20]', async ({
  deployment,
}) => {
  const config = debugAllowed(deployment.target);
  const topology = sentinels(3, masterWithReplicas(1, { config }), { downAfterMs: BELOW_MS });
  await using all = await deployment.start(topology);
  const { master, replica } = all;

  using client = master.dedicated();
  const told = Promise.all([
    client.call('DEBUG', 'SLEEP', COMMAND_SECONDS),
    client.call('SET', 'told last', '1'),
  ]);
  expect(await failedOver(all, master)).toBe(replica);
  expect(await told, 'the master was there all the time').toEqual(['OK', 'OK']);

  await allAgree(all, { master: replica.name });
  await expect(master).toConvergeWith(replica);
  expect(await master.call('EXISTS', 'told last')).toBe(0);
});

test('the same command where 20 s count as down: nobody calls the master down, and it has all it was told [N20]', async ({
  deployment,
}) => {
  const config = debugAllowed(deployment.target);
  const topology = sentinels(3, masterWithReplicas(1, { config }), { downAfterMs: ABOVE_MS });
  await using all = await deployment.start(topology);
  const { master, replica } = all;

  using client = master.dedicated();
  const told = Promise.all([
    client.call('DEBUG', 'SLEEP', COMMAND_SECONDS),
    client.call('SET', 'told last', '1'),
  ]);
  await until(
    () => master.observe('PING').then(String, () => 'nothing'),
    (answer) => answer === 'nothing',
    { what: 'the master to answer nobody', withinMs: 7_000, verdict: 'inconclusive' },
  );
  expect(await told).toEqual(['OK', 'OK']);

  await allAgree(all, { master: master.name });
  for (const sentinel of all.sentinels) {
    expect(sentinel.events().filter(({ name }) => name === '+sdown')).toEqual([]);
  }
  await expect(replica).toHaveStayedInSync();
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('GET', 'told last')).toBe('1');
});
