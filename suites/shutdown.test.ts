/**
 * A master that is told to shut down gives replicas that lag time to catch up (shutdown-timeout), writes held back: it
 * ends when they have, or when the time is over. Redis before 7.0 ends at once.
 */
import {
  answers,
  expect,
  halfOpen,
  lagsBehindAWrite,
  masterWithReplicas,
  noPings,
  saving,
  shutDown,
  test,
} from '../helpers/suite.ts';

const WAITS = /^Waiting for replicas before shutting down\.$/;
/** Longer than any test. */
const patient = { 'shutdown-timeout': 60 };

test.for(['SHUTDOWN', 'SIGTERM'])(
  '%s while a replica lags: the master waits for it, answers reads, and holds writes back; then it ends, and the replica has all [X1]',
  async (how, { deployment }) => {
    deployment.needsServer('shutdown-waits');
    const masterConfig = { ...saving, ...patient };
    await using pair = await deployment.start(
      masterWithReplicas(1, { config: noPings, masterConfig }),
    );
    const { master, replica } = pair;
    await lagsBehindAWrite(replica, master);

    const ended = how === 'SIGTERM' ? master.stop() : shutDown(master);
    await master.logged(WAITS);
    using client = master.dedicated();
    const held = client.call('SET', 'held', '1').catch(() => 'never answered');
    expect(await master.call('GET', 'key')).toBe('lagging');
    await replica.resume();
    await ended;

    expect(master.server.exit).toEqual({ code: 0, signal: null });
    await master.logged(/^1 of 1 replicas are in sync when shutting down\.$/);
    expect(await held).toBe('never answered');
    await answers(replica, ['GET', 'key'], 'lagging');
    await master.restart({ data: 'kept' });
    await expect(replica).toResync('partial');
    await expect(replica).toConvergeWith(master);
    expect(await master.call('EXISTS', 'held')).toBe(0);
  },
);

test.for([
  { how: 'SHUTDOWN NOW', masterConfig: patient, waits: false },
  { how: 'SHUTDOWN, shutdown-timeout 0', masterConfig: { 'shutdown-timeout': 0 }, waits: false },
  { how: 'SHUTDOWN, shutdown-timeout 1', masterConfig: { 'shutdown-timeout': 1 }, waits: true },
])(
  '$how: the master ends without a replica that lags, and says so; it has saved what the replica then gets by a full resync [X1]',
  async ({ how, masterConfig, waits }, { deployment }) => {
    deployment.needsServer('shutdown-waits');
    await using pair = await deployment.start(
      masterWithReplicas(1, { config: noPings, masterConfig: { ...saving, ...masterConfig } }),
    );
    const { master, replica } = pair;
    await master.call('SET', 'key', 'seen');
    await expect(replica).toConvergeWith(master);
    const silence = await replica.link.apply(halfOpen('downstream'));
    await master.call('SET', 'key', 'unseen');

    await shutDown(master, ...(how === 'SHUTDOWN NOW' ? ['NOW'] : []));

    await master.logged(/^0 of 1 replicas are in sync when shutting down\.$/);
    await master.logged(/^Lagging replica \S+ reported offset \d+ behind master, lag=/);
    expect(master.server.log.lines.some(({ text }) => WAITS.test(text))).toBe(waits);
    expect(await replica.call('GET', 'key')).toBe('seen');
    await master.restart({ data: 'kept' });
    await silence.heal();
    // The backlog is not in the RDB.
    await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
    await expect(replica).toConvergeWith(master);
    expect(await replica.call('GET', 'key')).toBe('unseen');
  },
);
