/**
 * A replica that was frozen is promoted in the very turn in which it wakes, and its old master attaches. What the old
 * master sent meanwhile and nobody has, a PING even, decides how; offsets are equal in the end.
 */
import {
  expect,
  fill,
  halfOpen,
  masterWithReplicas,
  type Node,
  noPings,
  PING_BYTES,
  pingsEachSecond,
  test,
  until,
} from '../helpers/suite.ts';

test.for([
  { missed: 'nothing', kind: 'partial', reason: 'in-backlog' },
  { missed: 'a PING', kind: 'full', reason: 'second-offset-exceeded' },
  { missed: 'a write', kind: 'full', reason: 'second-offset-exceeded' },
] as const)(
  'a replica that missed $missed in a pause is promoted in a MULTI: its old master attaches by a $kind resync, offsets equal [P5]',
  async ({ missed, kind, reason }, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    const { master, replica: heir } = pair;
    await fill(master, { seed: 1, keys: 100 });
    await expect(heir).toConvergeWith(master);
    // What the master says from here on is lost on the way.
    await heir.link.apply(halfOpen('downstream'));
    const { offset } = await heir.snapshot();
    await heir.pause();
    if (missed === 'a write') await master.call('SET', 'missed', '1');
    if (missed === 'a PING') {
      await pingsEachSecond(master);
      await grows(master, offset + PING_BYTES);
    }

    using client = heir.dedicated();
    const sent = ['MULTI', 'REPLICAOF NO ONE', 'ROLE', 'EXEC', 'SET heir 1'].map((line) => {
      const [command = '', ...args] = line.split(' ');
      return client.call(command, ...args);
    });
    await heir.resume();
    const [, , , transaction] = await Promise.all(sent);
    expect(transaction).toEqual(['OK', ['master', offset, []]]);
    expect((await heir.snapshot()).secondOffset).toBe(offset + 1);
    await master.replicaOf(heir);

    await expect(master).toResync(kind, { reason });
    await expect(master).toConvergeWith(heir);
    expect(await master.call('MGET', 'heir', 'missed')).toEqual(['1', null]);
  },
);

async function grows(node: Node, toOffset: number): Promise<void> {
  await until(
    async () => (await node.snapshot()).offset,
    (offset) => offset >= toOffset,
    { what: `the stream of ${node.name} to reach byte ${toOffset}`, withinMs: 10_000 },
  );
}
