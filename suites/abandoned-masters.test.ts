import { can } from '../helpers/deployment/capabilities.ts';
import {
  cut,
  expect,
  fill,
  longLoad,
  type Node,
  noPings,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test.for([
  { mode: 'disabled', way: 'to a file' },
  { mode: 'swapdb', way: 'from the socket' },
])(
  'a new master dies while its RDB is taken in $way: the replica goes back to the old one where it was, and its own replica sees nothing of it [F11]',
  async ({ mode }, { deployment }) => {
    const { slow, data, config: often } = longLoad(deployment.target);
    const config = { ...noPings, ...often, 'repl-diskless-load': mode };
    await using all = await deployment.start(
      topology([
        { name: 'master', config },
        { name: 'replica', replicaOf: 'master', config },
        { name: 'sub-replica', replicaOf: 'replica', config },
        { name: 'other', config },
      ]),
    );
    const { master } = all;
    const [replica, sub, other] = [all.node('replica'), all.node('sub-replica'), all.node('other')];
    await fill(master, { seed: 1, keys: 200 });
    for (const node of [replica, sub]) await expect(node).toConvergeWith(master);
    await writeBytes(other, { seed: 2, ...data });
    const link = await all.link(replica, other);
    await using _slowness = await link.apply(slow);
    const { replid, offset } = await replica.snapshot();

    await replica.replicaOf(other);
    await receives(replica, 2);
    await all.logsComplete();
    expect(all.unjudgedResyncsOf(replica)).toMatchObject([{ kind: 'full', upstream: 'other' }]);
    all.judged(replica);
    await other.kill();
    await using _gone = await link.apply(cut(), { unproven: true });
    await givesUp(replica);

    expect(await replica.snapshot()).toMatchObject({ replid, offset });
    await expect(replica).toHoldSameData(master);
    await master.call('SET', 'meanwhile', 'written');
    await replica.replicaOf(master);
    const keeps = can(deployment.target, 'history-kept-till-load');
    await expect(replica).toResync(keeps ? 'partial' : 'full');
    await expect(replica).toConvergeWith(master);
    if (keeps) await expect(sub).toHaveStayedInSync();
    else await expect(sub).toResync('full');
    await expect(sub).toConvergeWith(master);
  },
);

/** Receives an RDB, for the so-manieth time. */
async function receives(replica: Node, time: number): Promise<void> {
  const begun = / REPLICA sync: receiving /;
  await until(
    () => replica.server.log.lines.filter(({ text }) => begun.test(text)).length,
    (times) => times === time,
    { what: `${replica.name} to receive an RDB`, withinMs: 15_000 },
  );
  await until(
    async () => (await replica.snapshot()).upstream,
    (upstream) => upstream?.syncInProgress === true,
    { what: `${replica.name} to say so`, withinMs: 5_000, verdict: 'inconclusive' },
  );
}

/** The transfer has ended without success. */
async function givesUp(replica: Node): Promise<void> {
  await until(
    () => replica.snapshot(),
    ({ upstream, loading }) => upstream?.syncInProgress === false && !loading,
    { what: `${replica.name} to give up the transfer`, withinMs: 15_000 },
  );
}
