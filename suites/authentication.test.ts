/** Who a replica is to its master: the rights it needs, and passwords that change under the link. */
import {
  cut,
  expect,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  promoted,
  rawConnection,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const RIGHTS = '+psync +replconf +ping';
/** A master with a user for replicas, and what makes a replica that user. */
const masterConfig = { ...noPings, user: `replicator on >old ${RIGHTS}` };
const asReplicator = { masteruser: 'replicator', masterauth: 'old' };
const REFUSED = /^Unable to AUTH to (MASTER|PRIMARY): -WRONGPASS /;

test('a password of everybody changed in an outage keeps the link down until the replica has it; it continues then [N23]', async ({
  deployment,
}) => {
  const config = { ...noPings, requirepass: 'old', masterauth: 'old' };
  await using pair = await deployment.start(masterWithReplicas(1, { config }));
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await asked(pair.master, 'GET key')).toBe('-NOAUTH Authentication required.\r\n');

  const outage = await pair.replica.link.apply(cut());
  await pair.master.changePassword('new');
  await writeBytes(pair.master, { seed: 2, bytes: 10_000 });
  await outage.heal();

  await pair.replica.logged(REFUSED);
  expect((await pair.replica.snapshot()).upstream?.link).toBe('down');
  expect(pair.unjudgedResyncsOf(pair.replica)).toEqual([]);
  await pair.replica.call('CONFIG', 'SET', 'masterauth', 'new');
  await expect(pair.replica).toResync('partial');
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a user with the rights to PSYNC, REPLCONF and PING alone is enough for a replica [N23]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { masterConfig, replicaConfig: asReplicator }),
  );
  const { master, replica } = pair;
  await fill(master, { seed: 1, keys: 50 });
  await expect(replica).toConvergeWith(master);
  const attached = (await master.clientList()).filter(({ flags }) => flags.has('S'));
  expect(attached.map(({ user }) => user)).toEqual(['replicator']);
  expect(await asked(master, 'AUTH replicator old', 'GET key')).toMatch(/^\+OK\r\n-NOPERM /);

  const outage = await replica.link.apply(cut());
  await writeBytes(master, { seed: 2, bytes: 10_000 });
  await outage.heal();

  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
});

test.for([
  {
    right: 'psync',
    others: '+replconf +ping',
    lines: [
      /^Unexpected reply to PSYNC from (master|primary): -NOPERM .*'psync'/,
      /^(MASTER|PRIMARY) aborted replication with an error: NOPERM .*'sync'/,
    ],
  },
  {
    right: 'replconf',
    others: '+psync +ping',
    lines: [
      /^\(Non critical\) (Master|Primary) does not understand REPLCONF listening-port: -NOPERM .*'replconf'/,
    ],
  },
])(
  'a user without the right to $right: the replica’s log and the master’s ACL LOG say so [N23]',
  async ({ right, others, lines }, { deployment }) => {
    await using two = await deployment.start(
      topology([
        { name: 'master', config: { user: `replicator on >old ${others}` } },
        { name: 'other', config: asReplicator },
      ]),
    );
    const other = two.node('other');
    await fill(two.master, { seed: 1, keys: 50 });

    await other.replicaOf(two.master);

    for (const line of lines) await other.logged(line);
    expect(await denials(two.master)).toContain(`replicator ${right}`);
    await promoted(other);
    await two.master.call('ACL', 'SETUSER', 'replicator', `+${right}`);
    await other.replicaOf(two.master);
    await expect(other).toConvergeWith(two.master);
  },
);

test('a user’s password changed in an outage keeps the link down until the replica has it; it continues then [N23]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { masterConfig, replicaConfig: asReplicator }),
  );
  const { master, replica } = pair;
  await fill(master, { seed: 1, keys: 50 });
  await expect(replica).toConvergeWith(master);

  const outage = await replica.link.apply(cut());
  await master.call('ACL', 'SETUSER', 'replicator', 'resetpass', '>new');
  await writeBytes(master, { seed: 2, bytes: 10_000 });
  await outage.heal();

  await replica.logged(REFUSED);
  expect((await replica.snapshot()).upstream?.link).toBe('down');
  expect(pair.unjudgedResyncsOf(replica)).toEqual([]);
  await replica.call('CONFIG', 'SET', 'masterauth', 'new');
  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
});

test('a password rotated with both valid for a while costs no link [N23]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { masterConfig, replicaConfig: asReplicator }),
  );
  const { master, replica } = pair;
  await fill(master, { seed: 1, keys: 50 });

  await master.call('ACL', 'SETUSER', 'replicator', '>new');
  await replica.call('CONFIG', 'SET', 'masterauth', 'new');
  await master.call('ACL', 'SETUSER', 'replicator', '<old');

  expect(await asked(master, 'AUTH replicator old')).toMatch(/^-WRONGPASS /);
  await expect(replica).toConvergeWith(master);
  await expect(replica).toHaveStayedInSync();
  const outage = await replica.link.apply(cut());
  await writeBytes(master, { seed: 2, bytes: 10_000 });
  await outage.heal();
  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
});

test('a user that is deleted takes the link with it; made anew, the replica continues [N23]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { masterConfig, replicaConfig: asReplicator }),
  );
  const { master, replica } = pair;
  await fill(master, { seed: 1, keys: 50 });
  await expect(replica).toConvergeWith(master);

  await pair.look();
  expect(await master.call('ACL', 'DELUSER', 'replicator')).toBe(1);
  await replica.logged(REFUSED);
  expect((await replica.snapshot()).upstream?.link).toBe('down');
  await writeBytes(master, { seed: 2, bytes: 10_000 });
  await master.call('ACL', 'SETUSER', 'replicator', 'on', '>old', ...RIGHTS.split(' '));

  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
});

/** Who was refused what, as ACL LOG tells it. */
async function denials(node: Node): Promise<string[]> {
  const entries = (await node.call('ACL', 'LOG')) as string[][];
  return entries.map((entry) => {
    const field = (name: string): string | undefined => entry[entry.indexOf(name) + 1];
    return `${field('username')} ${field('object')}`;
  });
}

/** What a node replies to a client of no user when it sends these lines. */
async function asked(node: Node, ...lines: readonly string[]): Promise<string> {
  using stranger = rawConnection(node);
  for (const line of lines) stranger.send(line);
  return await until(
    () => stranger.received,
    (text) => text.split('\r\n').length > lines.length,
    { what: `${node.name} to reply to ${lines.join(', ')}`, withinMs: 5_000 },
  );
}
