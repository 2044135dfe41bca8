/** What FAILOVER refuses, in the server’s words, and what is refused while a failover is under way. */
import {
  announcedBy,
  attachUntil,
  beginFailover,
  configToHoldIn,
  expect,
  failoverEnded,
  masterWithReplicas,
  type Node,
  noPings,
  syncCounts,
  test,
  topology,
} from '../helpers/suite.ts';

const SYNTAX = 'ERR syntax error';
const NO_NUMBER = 'ERR value is not an integer or out of range';
const NO_TIME = 'ERR FAILOVER timeout must be greater than 0';
const FORCE_ALONE =
  'ERR FAILOVER with force option requires both a timeout and target HOST and IP.';
const NO_REPLICA = 'ERR FAILOVER target HOST and PORT is not a replica.';

test('FAILOVER refuses arguments that make no sense, and changes nothing [V1]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(heirs());
  const heir = pair.node('heir');
  const [host, port] = announcedBy(heir);
  const refusals: readonly (readonly [words: string, error: string])[] = [
    ['NONSENSE', SYNTAX],
    [`TO ${host}`, SYNTAX],
    ['TIMEOUT', SYNTAX],
    [`TO ${host} ${port} ABORT`, SYNTAX],
    [`TO ${host} ${port} TO ${host} ${port}`, SYNTAX],
    [`TO ${host} port`, NO_NUMBER],
    ['TIMEOUT soon', NO_NUMBER],
    ['TIMEOUT 0', NO_TIME],
    ['TIMEOUT -1', NO_TIME],
    [`TO ${host} ${port} FORCE`, FORCE_ALONE],
    ['FORCE TIMEOUT 100', FORCE_ALONE],
    ['FORCE', FORCE_ALONE],
    [`TO ${host} ${heir.server.port}`, NO_REPLICA],
    [`TO nowhere ${port}`, NO_REPLICA],
    ['ABORT', 'ERR No failover in progress.'],
  ];

  for (const [words, error] of refusals) {
    expect(await answerOf(pair.master, `FAILOVER ${words}`), words).toBe(error);
  }

  expect(await pair.master.snapshot()).toMatchObject({ role: 'master', failover: 'no-failover' });
  await expect(heir).toHaveStayedInSync();
});

test('FAILOVER is refused by a replica, and by a master without replicas [V1]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(masterWithReplicas(1));

  expect(await answerOf(pair.replica, 'FAILOVER')).toBe(
    'ERR FAILOVER is not valid when server is a replica.',
  );
  await pair.replica.promote();
  expect(await answerOf(pair.replica, 'FAILOVER')).toBe(
    'ERR FAILOVER requires connected replicas.',
  );
});

test('FAILOVER to a replica that still waits for its RDB is refused [V1]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  const config = configToHoldIn('wait_bgsave');
  await using pair = await deployment.start(
    topology([
      { name: 'master', config },
      { name: 'heir', heirOf: 'master', config },
    ]),
  );
  const [master, heir] = [pair.master, pair.node('heir')];
  const letGo = await attachUntil('wait_bgsave', { replica: heir, master });

  expect(await answerOf(master, `FAILOVER TO ${announcedBy(heir).join(' ')}`)).toBe(
    'ERR FAILOVER target replica is not online.',
  );

  await letGo();
  await expect(heir).toResync('full');
});

test('while a failover waits another one, REPLICAOF and PSYNC are refused, then they are not [V1]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(heirs());
  const [master, heir] = [pair.master, pair.node('heir')];
  const grown = await syncCounts(pair);
  await heir.pause();
  await master.call('SET', 'key', 'value');
  await beginFailover(master, { to: heir });

  for (const [line, error] of [
    ['FAILOVER', 'ERR FAILOVER already in progress.'],
    ['FAILOVER TIMEOUT 5', 'ERR FAILOVER already in progress.'],
    ['REPLICAOF NO ONE', 'ERR REPLICAOF not allowed while failing over.'],
    ['PSYNC ? -1', "NOMASTERLINK Can't SYNC while failing over"],
    ['SYNC', "NOMASTERLINK Can't SYNC while failing over"],
  ] as const) {
    expect(await answerOf(master, line), line).toBe(error);
  }
  expect(await master.snapshot()).toMatchObject({
    role: 'master',
    failover: 'waiting-for-sync',
  });

  await heir.resume();
  await failoverEnded(master);
  await expect(master).toResync('partial');
  await expect(master).toConvergeWith(heir);
  expect(await syncCounts(pair, grown)).toEqual({ heir: { partial: 1 } });
});

test('PSYNC FAILOVER is refused by a master, and by a replica of another history [V1]', async ({
  deployment,
}) => {
  deployment.needsServer('failover');
  await using pair = await deployment.start(heirs());
  const heir = pair.node('heir');
  const { replid, offset } = await pair.master.snapshot();

  expect(await answerOf(pair.master, `PSYNC ${replid} ${offset + 1} FAILOVER`)).toBe(
    "ERR PSYNC FAILOVER can't be sent to a master.",
  );
  expect(await answerOf(heir, `PSYNC ${'f'.repeat(40)} ${offset + 1} FAILOVER`)).toBe(
    'ERR PSYNC FAILOVER replid must match my replid.',
  );

  expect((await heir.role()).role).toBe('replica');
  await expect(heir).toHaveStayedInSync();
});

function heirs() {
  return topology([
    { name: 'master', config: noPings },
    { name: 'heir', replicaOf: 'master', heirOf: 'master', config: noPings },
  ]);
}

/** A reply, or the words of an error. */
function answerOf(node: Node, line: string): Promise<string> {
  const [command = '', ...args] = line.split(' ');
  return node.call(command, ...args).then(String, ({ message }: Error) => message);
}
