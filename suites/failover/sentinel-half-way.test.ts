/** A Sentinel that dies in the middle of its failover: SENTINEL SIMULATE-FAILURE has it end itself there. */
import {
  allAgree,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  NEVER_MET,
  type Node,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  test,
  until,
} from '../../helpers/suite.ts';

/** On a machine that does much else, an heir is not soon to be found down in its turn: links to it are new. */
const downAfterMs = 3_000;
const SIMULATED_EXIT = { code: 99, signal: null };

test.for([
  { failure: 'crash-after-election', last: '+elected-leader', masters: 0 },
  { failure: 'crash-after-promotion', last: '+promoted-slave', masters: 1 },
])(
  '$failure: the Sentinels that are left end what it began, and there is one master in the end [S8]',
  async ({ failure, last, masters }, { deployment }) => {
    await using all = await deployment.start(sentinels(3, masterWithReplicas(2), { downAfterMs }));
    const { master, replicas } = all;
    const [failing, ...others] = all.sentinels as [Sentinel, ...Sentinel[]];
    await fill(master, { seed: 1, keys: 100 });
    for (const replica of replicas) await expect(replica).toConvergeWith(master);
    // They vote for it, and are never sure themselves.
    for (const one of others) await one.set({ quorum: NEVER_MET });
    expect(await failing.call('SENTINEL', 'SIMULATE-FAILURE', failure)).toBe('OK');

    await master.kill();
    const { exit } = await until(
      () => ({ exit: failing.server.exit }),
      (seen) => seen.exit !== undefined,
      { what: `sentinel-1 to end itself (${failure})`, withinMs: SENTINEL_WITHIN_MS },
    );
    expect(exit).toEqual(SIMULATED_EXIT);
    expect(failing.events().at(-1)?.name).toBe(last);
    expect(await mastersAmong(replicas)).toHaveLength(masters);
    for (const one of others) expect(await one.masterNamed()).toBe('master');

    for (const one of others) await one.set({ quorum: 2 });
    const heir = await failedOver(all, master);
    await failing.restart();
    await master.restart({ data: 'kept' });

    await allAgree(all, { master: heir.name });
    for (const node of all.nodes) if (node !== heir) await expect(node).toConvergeWith(heir);
    expect(await mastersAmong(all.nodes)).toEqual([heir.name]);
  },
);

test('crash-after-promotion: the Sentinel that failed is started again, remembers, and tells the others [S8]', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), { downAfterMs }));
  const { master, replicas } = all;
  const [failing, ...others] = all.sentinels as [Sentinel, ...Sentinel[]];
  for (const one of others) await one.set({ quorum: NEVER_MET });
  await failing.call('SENTINEL', 'SIMULATE-FAILURE', 'crash-after-promotion');
  await master.kill();
  await until(
    () => failing.server.exit,
    (exit) => exit !== undefined,
    { what: 'sentinel-1 to end itself after it promoted a replica', withinMs: SENTINEL_WITHIN_MS },
  );
  const [promoted] = await mastersAmong(replicas);

  await failing.restart();
  expect(await failing.masterNamed()).toBe(promoted);
  for (const one of others) await one.event('+switch-master', { withinMs: SENTINEL_WITHIN_MS });
  await master.restart({ data: 'kept' });
  expect(await allAgree(all)).toBe(promoted);
  expect(await mastersAmong(all.nodes)).toEqual([promoted]);
});

async function mastersAmong(nodes: readonly Node[]): Promise<string[]> {
  const running = nodes.filter(({ server }) => server.exit === undefined);
  const roles = await Promise.all(running.map((node) => node.role()));
  return running.filter((_, index) => roles[index]?.role === 'master').map(({ name }) => name);
}
