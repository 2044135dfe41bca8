/**
 * What makes a master count as down. Sentinels judge by its answers to their own PINGs, not by whether it serves clients.
 * The old master is made a replica when it can be told, down or not.
 *
 * Each fault is there before Sentinels take it seriously: down-after-milliseconds is an hour until then. So nothing but
 * the fault that a test names has made the master count as down.
 */
import { messageOf } from '../../helpers/errors.ts';
import {
  dirChangeable,
  expect,
  failedOver,
  fill,
  holdElections,
  letElect,
  masterWithReplicas,
  type Node,
  noPings,
  SENTINEL_WITHIN_MS,
  saving,
  sentinels,
  setOnAll,
  stillStream,
  test,
  toldOf,
  until,
  withoutDisk,
} from '../../helpers/suite.ts';

const NOT_YET_MS = 3_600_000;
const DOWN_AFTER_MS = 4_000;
/** A replica without a disk for its dump file takes one from the socket all the same. */
const withoutFiles = { 'repl-diskless-load': 'swapdb' };
test.for([
  { how: 'that has crashed', fall: crash, followsWhen: 'it is back', by: 'full' },
  { how: 'that is paused', fall: pause, followsWhen: 'it goes on', by: 'partial' },
  {
    how: 'that cannot save and says so to PING',
    fall: loseDisk,
    followsWhen: 'it is told',
    by: 'partial',
  },
  { how: 'that has no command PING', fall: losePing, followsWhen: 'it is told', by: 'full' },
] as const)(
  'a master $how counts as down for every Sentinel, and is replaced; it follows when $followsWhen, by a $by resync [S9]',
  async ({ fall, by }, { deployment }) => {
    const { target } = deployment;
    const config = { ...noPings, ...saving, ...dirChangeable(target), ...withoutFiles };
    await using all = await deployment.start(
      sentinels(3, masterWithReplicas(2, { config }), { downAfterMs: NOT_YET_MS }),
    );
    const { master } = all;
    await fill(master, { seed: 1, keys: 100 });
    await stillStream(all);
    for (const replica of all.replicas) await expect(replica).toConvergeWith(master);

    const recover = await fall(master);
    expect(toldOf(all, '+sdown')).toEqual([]);
    // Two of them would replace it, and the third might hear of that first.
    await holdElections(all);
    await setOnAll(all, { 'down-after-milliseconds': DOWN_AFTER_MS });
    await letElect(all);
    const heir = await failedOver(all, master);
    const sibling = all.replicas.find((replica) => replica !== heir) as Node;
    await expect(sibling).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });

    await recover();
    await expect(master).toResync(by, { withinMs: SENTINEL_WITHIN_MS });
    for (const node of [master, sibling]) await expect(node).toConvergeWith(heir);
    for (const event of ['+odown', '+convert-to-slave']) {
      expect(toldOf(all, event).length).toBeGreaterThan(0);
    }
    expect(toldOf(all, '+switch-master').length).toBe(all.sentinels.length);
  },
);

async function crash(master: Node): Promise<() => Promise<void>> {
  await master.kill();
  return () => master.restart({ data: 'kept' });
}

async function pause(master: Node): Promise<() => Promise<void>> {
  await master.pause();
  return () => master.resume();
}

/** It can be asked for INFO and told what to do: it needs no cure to become a replica. */
async function loseDisk(master: Node): Promise<() => Promise<void>> {
  await withoutDisk(master);
  await until(
    async () => {
      await master.call('BGSAVE').catch(() => {});
      return master.call('PING').then(String, messageOf);
    },
    (answer) => answer.startsWith('MISCONF '),
    { what: 'the master to answer PING with MISCONF', withinMs: 15_000 },
  );
  return async () => {};
}

/** The same. Its replicas, which cannot PING it either, stay without a link. */
async function losePing(master: Node): Promise<() => Promise<void>> {
  await master.kill();
  await master.restart({ data: 'kept', args: ['--rename-command', 'PING', 'SECRET'] });
  await expect(master.call('PING')).rejects.toThrow(/^ERR unknown command/);
  return async () => {};
}
