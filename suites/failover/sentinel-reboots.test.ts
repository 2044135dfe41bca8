/**
 * The address of the master answers again, and it is another process: in time or too late, with its data or without, or
 * as one that loads and loads.
 */
import { can } from '../../helpers/deployment/capabilities.ts';
import {
  allAgree,
  anyTells,
  type Deployment,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  SENTINEL_WITHIN_MS,
  type SentinelOptions,
  saving,
  sentinels,
  type Topology,
  test,
  until,
} from '../../helpers/suite.ts';

/** Longer than a restart takes. */
const downAfterMs = 20_000;
const LOADED_WITHIN_MS = 30_000;

test.for([{ data: 'kept' }, { data: 'lost' }] as const)(
  'back before it counts as down, its data $data: that is noticed, it stays master, and what it has is what replicas have [S14] [S15]',
  async ({ data }, { deployment }) => {
    const watched = masterWithReplicas(1, { config: noPings, masterConfig: saving });
    await using all = await deployment.start(sentinels(3, watched, { downAfterMs }));
    const { master, replica } = all;
    const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
    await expect(replica).toConvergeWith(master);
    const continues = data === 'kept' && can(await master.snapshot(), 'master-keeps-history');

    await master.stop();
    await master.restart({ data });

    if (continues) await expect(replica).toResync('partial');
    else await expect(replica).toResync('full', { reason: 'replication-id-mismatch' });
    await rebootNoticed(all);
    await nothingChanged(all);
    await expect(replica).toConvergeWith(master);
    const { keys } = await replica.snapshot();
    expect(keys).toEqual(data === 'kept' ? keysByDatabase : new Map());
  },
);

test('back too late, and empty: it becomes a replica of its heir, and has everything again [S14]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2), { downAfterMs: 3_000 }),
  );
  const { master } = all;
  const { keysByDatabase } = await fill(master, { seed: 1, keys: 100 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(master);

  await master.kill();
  const heir = await failedOver(all, master);
  await master.restart({ data: 'lost' });

  await allAgree(all, { master: heir.name });
  await expect(master).toResync('full', { reason: 'replication-id-mismatch' });
  for (const node of all.nodes) {
    if (node !== heir) await expect(node).toConvergeWith(heir);
    expect((await node.snapshot()).keys).toEqual(keysByDatabase);
  }
});

test('back before it counts as down, and loading for longer than that: LOADING is an answer, nobody is promoted [S15]', async ({
  deployment,
}) => {
  deployment.needsServer('loading-interval');
  await using all = await deployment.start(loadingForLong());
  const { master, replica } = all;
  await fill(master, { seed: 1, keys: 1_000 });
  await expect(replica).toConvergeWith(master);

  await master.stop();
  await master.restart({ data: 'kept' });
  await rebootNoticed(all);
  await until(
    () => runsForMs(master),
    (runsFor) => runsFor > downAfterMs + 1_000,
    { what: 'the master to run for longer than Sentinels wait', withinMs: 30_000 },
  );
  await stillLoads(master);
  await nothingChanged(all);

  await master.call('CONFIG', 'SET', 'key-load-delay', 0);
  await expect(replica).toResync('partial', { withinMs: LOADED_WITHIN_MS });
  await expect(replica).toConvergeWith(master);
  await nothingChanged(all);
});

test('master-reboot-down-after-period: one that is back in time but loads for longer than that is down, and replaced [S15]', async ({
  deployment,
}) => {
  deployment.needsServer('loading-interval');
  deployment.needsSentinel('master-reboot-down-after');
  const settings = { 'master-reboot-down-after-period': 1_000 };
  await using all = await deployment.start(loadingForLong({ settings }));
  const { master, replica } = all;
  await fill(master, { seed: 1, keys: 1_000 });
  await expect(replica).toConvergeWith(master);

  await master.stop();
  await master.restart({ data: 'kept' });
  expect(await failedOver(all, master)).toBe(replica);
  await stillLoads(master);
  // Who hears of the failover before its own INFO is due has another master by then.
  await anyTells(all, '+reboot', { about: /^master /, withinMs: SENTINEL_WITHIN_MS });

  await master.call('CONFIG', 'SET', 'key-load-delay', 0);
  await allAgree(all, { master: replica.name });
  await expect(master).toConvergeWith(replica);
});

/** Stopped with its data and started again, the master loads for a minute, and answers meanwhile. */
function loadingForLong(options: SentinelOptions = {}): Topology {
  const masterConfig = {
    ...saving,
    'key-load-delay': 60_000,
    'loading-process-events-interval-bytes': 1_024,
  };
  const watched = masterWithReplicas(1, { config: noPings, masterConfig });
  return sentinels(3, watched, { downAfterMs, ...options });
}

/** A server that loads answers between keys alone, on a busy machine not within the time of one look. */
async function stillLoads(node: Node): Promise<void> {
  await until(
    () => node.snapshot(),
    ({ loading }) => loading,
    { what: `${node.name} to say that it still loads`, withinMs: 10_000 },
  );
}

async function runsForMs(node: Node): Promise<number> {
  return Number(/^uptime_in_seconds:(\d+)/m.exec(await node.info())?.[1]) * 1_000;
}

async function rebootNoticed({ sentinels: all }: Deployment): Promise<void> {
  for (const one of all) {
    await one.event('+reboot', { about: /^master /, withinMs: SENTINEL_WITHIN_MS });
  }
}

/** No Sentinel found the master to be down, and no configuration is newer than the first. */
async function nothingChanged({ sentinels: all }: Deployment): Promise<void> {
  for (const one of all) {
    const down = one
      .events()
      .filter(({ name, text }) => name === '+sdown' && /^master /.test(text));
    expect(down, one.name).toEqual([]);
    expect(await one.masterNamed(), one.name).toBe('master');
    expect((await one.master()).configEpoch, one.name).toBe(0);
  }
}
