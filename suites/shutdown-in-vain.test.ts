/** A shutdown that comes to nothing: it is aborted, or the master cannot save. Who asked for it is told, and all goes on. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  answers,
  dirChangeable,
  expect,
  lagsBehindAWrite,
  masterWithReplicas,
  NOT_SAVED,
  type Node,
  noPings,
  saving,
  shutDown,
  test,
  withoutDisk,
} from '../helpers/suite.ts';

const WAITS = /^Waiting for replicas before shutting down\.$/;
const FAILED = 'ERR Errors trying to SHUTDOWN. Check logs.';
/** Longer than any test. */
const patient = { 'shutdown-timeout': 60 };

test('a shutdown that waits is aborted: who asked for it is told, held writes go through, nobody resyncs [X1]', async ({
  deployment,
}) => {
  deployment.needsServer('shutdown-waits');
  const masterConfig = { ...saving, ...patient };
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, masterConfig }),
  );
  const { master, replica } = pair;
  await expect(master.call('SHUTDOWN', 'ABORT')).rejects.toThrow('ERR No shutdown in progress.');
  await lagsBehindAWrite(replica, master);
  using asking = master.dedicated();
  const asked = asking.call('SHUTDOWN').catch(({ message }: Error) => message);
  await master.logged(WAITS);
  using writing = master.dedicated();
  const held = writing.call('SET', 'held', '1');

  expect(await master.call('EXISTS', 'held')).toBe(0);
  expect(await master.call('SHUTDOWN', 'ABORT')).toBe('OK');

  expect(await asked).toBe(FAILED);
  expect(await held).toBe('OK');
  await master.logged(/^Shutdown manually aborted\.$/);
  await replica.resume();
  await expect(replica).toConvergeWith(master);
  await expect(replica).toHaveStayedInSync();
  expect(await replica.call('GET', 'held')).toBe('1');
});

test('who asked for a shutdown that was aborted goes on with its connection [X1]', async ({
  deployment,
}) => {
  deployment.needsServer('shutdown-waits');
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, masterConfig: patient }),
  );
  const { master, replica } = pair;
  const before = await master.snapshot();
  await lagsBehindAWrite(replica, master);
  using asking = master.dedicated();
  const asked = asking.call('SHUTDOWN').catch(({ message }: Error) => message);
  await master.logged(WAITS);
  await master.call('SHUTDOWN', 'ABORT');
  expect(await asked).toBe(FAILED);

  const became = await whatBecomesOf(asking.call('PING'), master);

  const defect = can(before, 'who-asked-for-shutdown-aborts')
    ? 'the server has aborted'
    : 'never answered';
  expect(became).toBe(can(before, 'shutdown-frees-who-asked') ? 'answered' : defect);
});

test('a master that cannot save does not end: it says why, goes on, and ends once it can [X1] [N25]', async ({
  deployment,
}) => {
  const masterConfig = { ...saving, ...dirChangeable(deployment.target) };
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, masterConfig }),
  );
  const { master, replica } = pair;
  await using disk = await withoutDisk(master);
  using asking = master.dedicated();

  await expect(asking.call('SHUTDOWN')).rejects.toThrow(FAILED);

  await master.logged(NOT_SAVED);
  await master.logged(/^Error trying to save the DB, can't exit\.$/);
  await master.call('SET', 'key', 'after all');
  await expect(replica).toConvergeWith(master);
  await expect(replica).toHaveStayedInSync();

  await disk.isBack();
  await shutDown(master);
  expect(master.server.exit).toEqual({ code: 0, signal: null });
  await master.restart({ data: 'kept' });
  await answers(master, ['GET', 'key'], 'after all');
});

/** What is asked on one connection is answered by the time that many questions on another one are. */
const QUESTIONS = 20;

async function whatBecomesOf(
  asked: Promise<unknown>,
  master: Node,
): Promise<'answered' | 'never answered' | 'the server has aborted'> {
  let isAnswered = false;
  asked.then(
    () => {
      isAnswered = true;
    },
    () => {
      // The connection ends, with the server or with the test.
    },
  );
  for (let question = 0; question < QUESTIONS; question += 1) {
    const isThere = await master.call('PING').catch(() => undefined);
    if (isThere === undefined) return 'the server has aborted';
    if (isAnswered) return 'answered';
  }
  return 'never answered';
}
