/** A replica that dies while its master is replaced follows the new one when it is back, whether it had been told or not. */
import {
  allAgree,
  allSee,
  cut,
  type Deployment,
  expect,
  failedOver,
  fill,
  holdElections,
  letElect,
  masterWithReplicas,
  type Node,
  noPings,
  SENTINEL_WITHIN_MS,
  sentinels,
  test,
  toldOf,
  until,
  writeBytes,
} from '../../helpers/suite.ts';

/** The heir must not count as down because the machine is busy. */
const PATIENT = { downAfterMs: 5_000 };
const ORDER = /^REPLICAOF \S+ enabled /;

test('killed before it was told of the new master: it comes back as a replica of the old one, and a Sentinel moves it [S6]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), PATIENT),
  );
  const { master } = all;
  const [late, prompt] = all.replicas as [Node, Node];
  await preferred(all, prompt);

  // Frozen, it takes no orders.
  await late.pause();
  await holdElections(all);
  await master.kill();
  await letElect(all, { among: [prompt] });
  expect(await failedOver(all, master)).toBe(prompt);
  await late.kill();
  await writeBytes(prompt, { seed: 2, bytes: 50_000 });

  await late.restart({ data: 'lost' });
  await expect(late).toResync('full', { withinMs: SENTINEL_WITHIN_MS });
  await expect(late).toConvergeWith(prompt);
  expect(orders(late)).toBe(1);
  expect(toldOf(all, '+switch-master').length).toBe(all.sentinels.length);
});

test('killed when it had been told, and had not followed yet: it comes back as a replica of the new master by itself [S6]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: noPings }), PATIENT),
  );
  const { master } = all;
  const [late, prompt] = all.replicas as [Node, Node];
  await preferred(all, prompt);
  const outage = await (await all.link(late, prompt)).apply(cut());

  await holdElections(all);
  await master.kill();
  await letElect(all, { among: [prompt] });
  expect(await failedOver(all, master)).toBe(prompt);
  await until(
    () => upstreamOf(late),
    (name) => name === prompt.name,
    { what: 'it to be told', withinMs: SENTINEL_WITHIN_MS },
  );
  await late.kill();
  await outage.heal();
  await writeBytes(prompt, { seed: 2, bytes: 50_000 });
  for (const sentinel of all.sentinels) await sentinel.kill();

  await late.restart({ data: 'lost' });
  await expect(late).toResync('full', { withinMs: SENTINEL_WITHIN_MS });
  await expect(late).toConvergeWith(prompt);

  for (const sentinel of all.sentinels) await sentinel.restart();
  await master.restart({ data: 'kept' });
  await allAgree(all, { master: prompt.name });
  expect(orders(late)).toBe(0);
});

/** Gives all the same data, and has this one promoted when its time has come. */
async function preferred(all: Deployment, heir: Node): Promise<void> {
  await heir.call('CONFIG', 'SET', 'replica-priority', 10);
  await allSee(all, 'the priority', (seen) => seen[heir.name]?.priority === 10);
  await fill(all.master, { seed: 1, keys: 50 });
  for (const replica of all.replicas) await expect(replica).toConvergeWith(all.master);
}

/** How often it has been told whose replica it is, in its present start. */
function orders({ server: { log } }: Node): number {
  return log.lines.filter(({ boot, text }) => boot === log.boot && ORDER.test(text)).length;
}

async function upstreamOf(replica: Node): Promise<string> {
  const { upstream } = await replica.snapshot();
  return upstream === undefined ? 'none' : replica.deployment.whoIs(upstream);
}
