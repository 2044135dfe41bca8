/**
 * A master that is busy for longer than down-after-milliseconds is replaced, though nothing is wrong with it. In production:
 * have down-after-milliseconds above the longest command, script or fork (INFO latest_fork_usec, LATENCY, SLOWLOG tell) that the
 * master has, five seconds or more; the less it is, the more failovers there are that nobody needed, and each may lose writes.
 *
 * DEBUG SLEEP stands for all of these, the fork, too: while a server copies its page table it answers nobody, just as here. A
 * fork that takes seconds takes tens of gigabytes, which no test has.
 */
import {
  allAgree,
  debugAllowed,
  expect,
  failedOver,
  masterWithReplicas,
  type RawConnection,
  rawConnection,
  type Sentinel,
  sentinels,
  test,
  toldOf,
  until,
} from '../../helpers/suite.ts';

const COMMAND_SECONDS = 10;
/** Several times what a failover takes: what the master is told next it must be told as one that has been replaced. */
const LONG_COMMAND_SECONDS = 30;
const BELOW_MS = 2_000;
const ABOVE_MS = 20_000;

test('a command of 30 s where 2 s count as down: a healthy master is replaced, and what it was told last is lost [N20]', async ({
  deployment,
}) => {
  const config = debugAllowed(deployment.target);
  const topology = sentinels(3, masterWithReplicas(1, { config }), { downAfterMs: BELOW_MS });
  await using all = await deployment.start(topology);
  const { master, replica } = all;
  // The third only votes: three candidates may tie, and the master would be back before they try again.
  const [, , voter] = all.sentinels as [Sentinel, Sentinel, Sentinel];
  await voter.set({ 'down-after-milliseconds': ABOVE_MS });

  using client = rawConnection(master);
  for (const line of [`DEBUG SLEEP ${LONG_COMMAND_SECONDS}`, 'SET told-last 1']) client.send(line);
  expect(await failedOver(all, master)).toBe(replica);
  await bothDone(client);

  await allAgree(all, { master: replica.name });
  await expect(master).toConvergeWith(replica);
  expect(await master.call('EXISTS', 'told-last')).toBe(0);
});

test('a command of 10 s where 20 s count as down: nobody calls the master down, and it has all it was told [N20]', async ({
  deployment,
}) => {
  const config = debugAllowed(deployment.target);
  const topology = sentinels(3, masterWithReplicas(1, { config }), { downAfterMs: ABOVE_MS });
  await using all = await deployment.start(topology);
  const { master, replica } = all;

  using client = rawConnection(master);
  for (const line of [`DEBUG SLEEP ${COMMAND_SECONDS}`, 'SET told-last 1']) client.send(line);
  await until(
    () => master.observe('PING').then(String, () => 'nothing'),
    (answer) => answer === 'nothing',
    { what: 'the master to answer nobody', withinMs: 20_000, verdict: 'inconclusive' },
  );
  await bothDone(client);

  await allAgree(all, { master: master.name });
  expect(toldOf(all, '+sdown')).toEqual([]);
  await expect(replica).toHaveStayedInSync();
  await expect(replica).toConvergeWith(master);
  expect(await replica.call('GET', 'told-last')).toBe('1');
});

/** Waits until the master has answered both commands, as one that is well. */
async function bothDone(client: RawConnection): Promise<void> {
  await until(
    () => client.received,
    (received) => received === '+OK\r\n+OK\r\n',
    { what: 'the master to do both commands', withinMs: 60_000 },
  );
}
