import type { Deployment } from '../../deployment/deployment.ts';
import type { Node } from '../../deployment/node.ts';
import { filesWritten } from '../../expect/files-written.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { type Settings, settingsOf } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { type CameBack, samePlace, watchReturn } from './came-back.ts';
import { lossWindow } from './persistence.ts';
import { fillDataset } from './resync-run.ts';

const KEYS = 200;
const VALUE_BYTES = 100;
const SOURCE =
  'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#safety-of-replication-when-master-has-persistence-turned-off';

/** What a replica and a master come back with, in order and after a crash. */
export const restart: Measurement = {
  id: 'restart',
  what: 'replica and master restarted: how they resync, and what data is left',
  estimateMs: () => 9_000,
  run: async (subject, assumptions, tell) => {
    await using pair = await subject.start({ replicas: 1, more: AT_ONCE });
    const { master, replica } = pair;
    const settings = await settingsOf(master, subject);
    await fillDataset(pair, KEYS * VALUE_BYTES, VALUE_BYTES);

    tell('restarting the replica, in order');
    const back = await watchReturn(pair);
    await filesWritten(replica);
    await replica.stop();
    await master.call('SET', 'measure:while-down', '1');
    await replica.restart({ data: 'kept' });
    const replicaBack = await back.come();

    tell('restarting the master, in order');
    const before = await keysOf(master);
    await filesWritten(master);
    await master.stop();
    const inOrder = await restarted(pair, before);

    tell('killing the master, and starting it again at once');
    for (let key = 0; key < KEYS; key += 1) await master.call('SET', `measure:later:${key}`, '1');
    await samePlace(replica, master);
    const beforeCrash = await keysOf(master);
    await master.kill();
    const afterCrash = await restarted(pair, beforeCrash);
    return judge({ replicaBack, inOrder, afterCrash }, assumptions, settings);
  },
};

/** What a master came back with, and what its replica then had. */
export interface Restarted {
  readonly resync: CameBack;
  readonly before: number;
  readonly onMaster: number;
  readonly onReplica: number;
}

async function restarted(pair: Deployment, before: number): Promise<Restarted> {
  const { master, replica } = pair;
  await master.restart({ data: 'kept' });
  await samePlace(replica, master);
  // Its counters began anew with the process.
  const { counters } = await master.snapshot();
  const [onMaster, onReplica] = await Promise.all([keysOf(master), keysOf(replica)]);
  return { resync: counters.full > 0 ? 'full' : 'partial', before, onMaster, onReplica };
}

async function keysOf(node: Node): Promise<number> {
  const { keys } = await node.snapshot();
  return [...keys.values()].reduce((sum, count) => sum + count, 0);
}

export function judge(
  seen: {
    readonly replicaBack: CameBack;
    readonly inOrder: Restarted;
    readonly afterCrash: Restarted;
  },
  { writeBytesPerSecond, valueBytes, failover }: Assumptions,
  settings: Pick<Settings, 'text' | 'isOn'>,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const { replicaBack, inOrder, afterCrash } = seen;
  const window = lossWindow(
    {
      isAppending: settings.isOn('appendonly'),
      fsync: settings.text('appendfsync'),
      save: settings.text('save'),
    },
    writeBytesPerSecond / valueBytes,
  );
  const [lostInOrder, lostInCrash] = [inOrder, afterCrash].map(
    (one) => one.before - one.onMaster,
  ) as [number, number];
  const powerLoss = Number.isFinite(window.ms) ? showMs(window.ms) : 'all';
  const measured: Finding['measured'] = [
    { what: 'the replica, restarted in order, comes back by', value: `a ${replicaBack} resync` },
    {
      what: 'after an orderly restart of the master the replica comes back by',
      value: `a ${inOrder.resync} resync`,
    },
    {
      what: `keys of ${inOrder.before} left after an orderly restart of the master`,
      value: inOrder.onMaster,
    },
    {
      what: `keys of ${afterCrash.before} left on the master after a crash`,
      value: afterCrash.onMaster,
    },
    {
      what: `keys of ${afterCrash.before} left on the replica after that crash`,
      value: afterCrash.onReplica,
    },
    {
      what: `writes that a loss of power can cost (${window.by})`,
      value: 'computed',
      predicted: powerLoss,
    },
  ];
  const common = { measured, source: SOURCE };
  const trap =
    'A master that starts again without its data is empty, and its replicas make themselves a copy of that.';
  const rest: Finding =
    replicaBack === 'full' || inOrder.resync === 'full'
      ? {
          ...common,
          id: 'restart-resync',
          severity: 'note',
          title: `Every restart costs a full resync: ${[replicaBack === 'full' ? 'of a replica' : '', inOrder.resync === 'full' ? 'of the master' : ''].filter(Boolean).join(' and ')}.`,
          why: 'A server that finds its replication ID and offset in its RDB goes on from there; in an append-only file they are not, and a master does so since Redis 7.0 alone.',
        }
      : {
          ...common,
          id: 'restart-resync',
          severity: 'ok',
          title: 'Replica and master come back from an orderly restart by partial resyncs.',
          why: 'A server that finds its replication ID and offset in its RDB goes on from there.',
        };
  return {
    findings: [rest, loss()],
    behaviours: [
      {
        id: 'restart-replica',
        what: 'a replica restarted in order comes back by',
        after: `a ${replicaBack} resync`,
      },
      {
        id: 'restart-master',
        what: 'after an orderly restart of the master replicas come back by',
        after: `a ${inOrder.resync} resync, ${lostInOrder} of ${inOrder.before} keys lost`,
      },
      {
        id: 'crash-master',
        what: 'a master that crashes and is started again loses',
        after: `${lostInCrash} of ${afterCrash.before} keys`,
      },
      { id: 'power-loss', what: 'a loss of power costs writes of', after: powerLoss },
    ],
  };

  function loss(): Finding {
    if (afterCrash.onMaster === 0 && afterCrash.onReplica === 0)
      return {
        ...common,
        id: 'empty-master',
        severity: 'broken',
        title:
          'A master that is started again after a crash is empty, and empties its replicas: all data is lost.',
        why: `${trap} Whatever restarts servers by itself must not do so here${failover === undefined ? '' : ', and Sentinels do not fail over when it is faster than they are'}.`,
        remedy: { directive: 'appendonly', value: 'yes' },
      };
    if (lostInCrash > 0 && settings.isOn('appendonly'))
      return {
        ...common,
        id: 'crash-loss',
        severity: 'note',
        title: `A master that crashes and is started again lacks what had not got to its append-only file yet, writes of up to ${powerLoss}, and so do its replicas then, though they had them.`,
        why: 'While a sync to disk is under way, what is written waits in the process, for two seconds at most; it is gone with it.',
        remedy: { directive: 'appendfsync', value: 'always' },
      };
    if (lostInCrash > 0)
      return {
        ...common,
        id: 'crash-loss',
        severity: 'risk',
        title: `A master that crashes and is started again comes back as it was at its last RDB, and takes its replicas back with it: writes of up to ${powerLoss} are lost, though replicas had them.`,
        why: 'Its replicas have gone on from there: what they ask for is not in its history, so they take a full resync of the older data.',
        remedy: { directive: 'appendonly', value: 'yes' },
      };
    return {
      ...common,
      id: 'crash-loss',
      severity: 'ok',
      title: 'A master that crashes and is started again has all that it acknowledged.',
      why: `Its process is gone, not the machine: what it had written is in the kernel’s hands. A loss of power can cost writes of ${powerLoss}.`,
    };
  }
}
