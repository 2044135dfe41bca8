/**
 * Servers that others know by an address at which nobody reaches them. In production: behind NAT, in containers with published
 * ports or wherever else the address of a host is not what it sees, have replicas say `replica-announce-ip` and `-port`, Sentinels
 * `sentinel announce-ip` and `-port`; and let Sentinels be asked: protected-mode no, or a password that all of them have. SENTINEL
 * REPLICAS, SENTINELS and CKQUORUM of each Sentinel tell in quiet times what cannot be reached.
 */
import {
  anyTells,
  calm,
  expect,
  failedOver,
  hasAskedOthers,
  masterWithReplicas,
  type Node,
  rawConnection,
  SENTINEL_WITHIN_MS,
  type Sentinel,
  sentinels,
  test,
  until,
} from '../../helpers/suite.ts';

const SOON = { withinMs: SENTINEL_WITHIN_MS };
const ALONE_SECONDS = 5;
/** Nobody listens on the first ports of a host. */
const CLOSED_PORTS = [1, 2, 3];

test('a replica that announces an address nobody reaches is promoted by nobody; with one that they reach, it is [N20]', async ({
  deployment,
}) => {
  await using all = await deployment.start(watched());
  const { master, replica } = all;

  await announce(replica, master, 1);
  for (const sentinel of all.sentinels) await sentinel.call('SENTINEL', 'RESET', '*');
  for (const sentinel of all.sentinels) {
    await until(
      () => sentinel.replicas(),
      (seen) => seen.length === 1 && seen.every((one) => one.port === 1 && isDown(one)),
      { what: `${sentinel.name} to know the replica by its wrong address`, ...SOON },
    );
  }
  for (const sentinel of all.sentinels) {
    await until(
      () => sentinel.others(),
      (others) => others.length === all.sentinels.length - 1,
      { what: `${sentinel.name} to know the others again`, ...SOON },
    );
  }
  await master.pause();
  await anyTells(all, '-failover-abort-no-good-slave', SOON);
  expect((await replica.role()).role).toBe('replica');
  await master.resume();

  await announce(replica, master, replica.port);
  for (const sentinel of all.sentinels) {
    await until(
      () => sentinel.replicas(),
      (seen) => seen.some((one) => one.port === replica.port && !isDown(one)),
      { what: `${sentinel.name} to know the replica by its right address`, ...SOON },
    );
  }
  await master.kill();
  expect(await failedOver(all, master)).toBe(replica);
});

test('Sentinels that announce addresses nobody reaches cannot agree that a master is down; with others they do [N20]', async ({
  deployment,
}) => {
  deployment.needsSentinel('sentinel-config');
  await using all = await deployment.start(watched());
  const { master, replica } = all;
  const announcePort = (sentinel: Sentinel, port: number) =>
    sentinel.call('SENTINEL', 'CONFIG', 'SET', 'announce-port', port);

  for (const [index, sentinel] of all.sentinels.entries()) {
    await announcePort(sentinel, CLOSED_PORTS[index] as number);
  }
  for (const sentinel of all.sentinels) {
    await until(
      () => sentinel.quorumCheck(),
      (words) => words.startsWith('NOQUORUM 1 usable Sentinels.'),
      { what: `${sentinel.name} to reach no other`, ...SOON },
    );
    const others = await sentinel.others();
    expect(others.filter(({ port }) => CLOSED_PORTS.includes(port))).toHaveLength(2);
  }
  await master.kill();
  for (const sentinel of all.sentinels) {
    await hasAskedOthers(sentinel, SOON.withinMs);
    expect(namesOf(sentinel)).not.toContain('+odown');
  }
  expect((await replica.role()).role).toBe('replica');

  for (const sentinel of all.sentinels) {
    await announcePort(sentinel, all.announced(sentinel).inside.port);
  }
  expect(await failedOver(all, master)).toBe(replica);
});

test('Sentinels in protected mode refuse each other and cannot agree that a master is down; without it they do [N20]', async ({
  deployment,
}) => {
  deployment.needsPeersBeyondLoopback();
  await using all = await deployment.start(watched());
  const { master, replica } = all;

  for (const sentinel of all.sentinels) await startProtected(sentinel, 'yes');
  for (const sentinel of all.sentinels) {
    await until(
      () => saidTo(sentinel),
      (said) => said.startsWith('-DENIED '),
      { what: `${sentinel.name} to refuse who asks`, ...SOON },
    );
    await until(
      () => sentinel.events().filter(({ name, boot }) => name === '+sdown' && boot === 2),
      (seen) => new Set(seen.map(({ text }) => text)).size === 2,
      { what: `${sentinel.name} to hear neither of the others`, ...SOON },
    );
  }
  await master.kill();
  for (const sentinel of all.sentinels)
    await sentinel.event('+sdown', { about: /^master /, ...SOON });
  await until(
    async () => Number(/master_link_down_since_seconds:(\d+)/.exec(await replica.info())?.[1]),
    (seconds) => seconds >= ALONE_SECONDS,
    { what: 'the replica to be without a master for seconds', ...SOON },
  );
  for (const sentinel of all.sentinels) expect(namesOf(sentinel)).not.toContain('+odown');

  for (const sentinel of all.sentinels) await startProtected(sentinel, 'no');
  expect(await failedOver(all, master)).toBe(replica);
});

function watched() {
  return sentinels(3, masterWithReplicas(1), calm);
}

/** Has a replica announce another port, of which its master hears when it connects anew. */
async function announce(replica: Node, master: Node, port: number): Promise<void> {
  await replica.call('CONFIG', 'SET', 'replica-announce-port', port);
  await master.call('CLIENT', 'KILL', 'TYPE', 'replica');
  await until(
    () => master.snapshot(),
    ({ replicas }) => replicas.some((one) => one.port === port && one.state === 'online'),
    { what: `the master to know its replica by port ${port}`, ...SOON },
  );
}

async function startProtected(sentinel: Sentinel, mode: 'yes' | 'no'): Promise<void> {
  await sentinel.kill();
  const args = ['--protected-mode', mode];
  if (mode === 'no') return sentinel.start(args);
  // It refuses the test as well: there is no answer that one could wait for.
  await sentinel.server.start(['--sentinel', ...args]);
  sentinel.deployment.timeline.record(sentinel.name, 'starts in protected mode');
}

/** What it says by itself to who connects, and then ends the connection; nothing while it does not listen yet. */
async function saidTo(sentinel: Sentinel): Promise<string> {
  using asking = rawConnection(sentinel);
  await until(() => asking.ended, Boolean, {
    what: `${sentinel.name} to end a connection by itself`,
    ...SOON,
  });
  return asking.received;
}

function isDown({ flags }: { readonly flags: readonly string[] }): boolean {
  return flags.includes('s_down');
}

function namesOf(sentinel: Sentinel): string[] {
  return sentinel.events().map(({ name }) => name);
}
