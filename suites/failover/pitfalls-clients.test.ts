/**
 * Clients that keep the old master. In production: give clients a command timeout and let them ask Sentinels whenever they connect
 * (Sentinel mode), for silence ends no connection and tells nobody. What an old master that is cut off together with clients may
 * accept, `min-replicas-to-write` bounds (`split-brain`); the demotion ends the rest by closing their connections.
 */
import {
  allAgree,
  calm,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  isolate,
  masterWithReplicas,
  partition,
  type RawConnection,
  rawConnection,
  refuses,
  sentinelClient,
  sentinels,
  test,
  until,
} from '../../helpers/suite.ts';

/** What is under way when a connection ends is an error, not sent again. */
const TELLS_AT_ONCE = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };
const READONLY = "READONLY You can't write against a read only replica.";

test('a half-open connection to the old master: without a timeout its client waits for ever, and what it wrote never arrives [N20]', async ({
  deployment,
}) => {
  await using all = await deployment.start(watched());
  const { master } = all;
  const patient = master.connect(TELLS_AT_ONCE);
  const impatient = master.connect({ ...TELLS_AT_ONCE, commandTimeout: 5_000 });
  for (const client of [patient, impatient]) expect(await client.set('before', '1')).toBe('OK');
  await expect(all.replica).toConvergeWith(master);

  const silence = await partition(all, isolate(all, ['master']));
  let answer: unknown = 'none yet';
  const waiting = patient.set('of the patient', '1').then(
    (reply) => (answer = reply),
    (error: Error) => (answer = error),
  );
  await expect(impatient.set('of the impatient', '1')).rejects.toThrow('Command timed out');
  const heir = await failedOver(all, master);
  using asking = sentinelClient(all, { sentinelCommandTimeout: 3_000, commandTimeout: 20_000 });
  expect(await asking.redis.set('of who asks', '1')).toBe('OK');
  expect(asking.connections.at(-1)?.to).toBe(heir.name);
  expect(answer).toBe('none yet');
  expect(patient.status).toBe('ready');

  await silence.heal();
  await waiting;
  expect(answer).toBeInstanceOf(Error);
  await allAgree(all, { master: heir.name });
  await expect(master).toConvergeWith(heir);
  const keys = ['before', 'of the patient', 'of the impatient', 'of who asks'];
  expect(await master.call('MGET', ...keys)).toEqual(['1', null, null, '1']);
});

test('a client on the side of the old master is answered until the partition ends; the demotion closes its connection [N20]', async ({
  deployment,
}) => {
  await using all = await deployment.start(watched());
  const { master } = all;
  // Past all proxies: nothing but the master closes it.
  using client = rawConnection(master);

  const silence = await partition(all, isolate(all, ['master']));
  const heir = await failedOver(all, master);
  await accepted(client, 'SET astray 1');
  expect(client.ended).toBe(false);

  await silence.heal();
  await until(
    () => client.ended,
    (ended) => ended,
    { what: 'the old master to close its client’s connection', withinMs: DEMOTED_WITHIN_MS },
  );
  await refuses(master, ['SET', 'astray', '2'], READONLY);
  await allAgree(all, { master: heir.name });
  await expect(master).toConvergeWith(heir);
  expect(await master.call('GET', 'astray')).toBeNull();
});

function watched() {
  return sentinels(3, masterWithReplicas(1), calm);
}

async function accepted(client: RawConnection, write: string): Promise<void> {
  client.send(write);
  await until(
    () => client.received,
    (received) => received === '+OK\r\n',
    { what: `${write} to be accepted`, withinMs: 10_000 },
  );
}
