/** Sentinels that are a user of their own on the servers that they watch: which rights it needs, and what it is like to lack one. */
import { can, type Versioned } from '../../helpers/deployment/capabilities.ts';
import {
  allAgree,
  DEMOTED_WITHIN_MS,
  expect,
  failedOver,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  SENTINEL_WITHIN_MS,
  sentinels,
  siblingOf,
  stillStream,
  test,
  toldOf,
  until,
} from '../../helpers/suite.ts';

/** The heir must not count as down because the machine is busy. */
const PATIENT = { downAfterMs: 5_000 };
const LOGIN = { 'auth-user': 'sentinel', 'auth-pass': 'secret' };
/** What Sentinels ask of the servers that they watch, and are refused without. */
const RIGHTS =
  '+multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill';

test('a user with the rights that Sentinels need is enough for a failover: nothing is refused to it [S11]', async ({
  deployment,
}) => {
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config: withUser(RIGHTS, deployment.target) }), {
      settings: LOGIN,
      ...PATIENT,
    }),
  );
  const { master } = all;
  await fill(master, { seed: 1, keys: 50 });
  for (const node of all.nodes) {
    const users = (await node.clientList()).map(({ user }) => user);
    expect(users).toContain('sentinel');
  }

  await stillStream(all, LOGIN['auth-user']);
  await master.kill();
  const heir = await failedOver(all, master);
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
  await master.restart({ data: 'kept' });
  await expect(master).toResync('full', { withinMs: DEMOTED_WITHIN_MS });
  expect(await allAgree(all)).toBe(heir.name);
  for (const node of all.nodes) expect(await refusals(node)).toEqual([]);
});

test('a user without the right to SLAVEOF: the failover is begun and given up, until the user has it [S11]', async ({
  deployment,
}) => {
  const config = withUser(RIGHTS.replace('+slaveof ', ''), deployment.target);
  await using all = await deployment.start(
    sentinels(3, masterWithReplicas(2, { config }), { settings: LOGIN, ...PATIENT }),
  );
  const { master, replicas } = all;
  await fill(master, { seed: 1, keys: 50 });

  await stillStream(all, LOGIN['auth-user']);
  await master.kill();
  await until(
    () => toldOf(all, '-failover-abort-slave-timeout').length,
    (times) => times > 0,
    { what: 'a Sentinel to give up', withinMs: 60_000 },
  );
  const refused = await Promise.all(replicas.map(refusals));
  expect(new Set(refused.flat())).toEqual(new Set(['sentinel: slaveof']));
  for (const replica of replicas) expect((await replica.role()).role).toBe('replica');

  for (const replica of replicas) await replica.call('ACL', 'SETUSER', 'sentinel', '+slaveof');
  const heir = await failedOver(all, master, { withinMs: 60_000 });
  await expect(siblingOf(all, heir)).toResync('partial', { withinMs: SENTINEL_WITHIN_MS });
});

function withUser(rights: string, server: Versioned) {
  const channels = can(server, 'acl-channels') ? 'allchannels ' : '';
  return { ...noPings, user: `sentinel on >secret ${channels}${rights}` };
}

/** What was refused to whom, as ACL LOG has it. */
async function refusals(node: Node): Promise<string[]> {
  const entries = (await node.call('ACL', 'LOG')) as string[][];
  return entries.map((flat) => {
    const of = (field: string) => flat[flat.indexOf(field) + 1];
    return `${of('username')}: ${of('object')}`;
  });
}
