/**
 * Master or replica is killed (SIGKILL) and restarted, or paused for a moment, in each state that a replica goes
 * through. What a kill interrupts is made anew, what a pause interrupts goes on, and no write is missing in the end.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  type AttachState,
  attachUntil,
  configToHoldIn,
  cut,
  expect,
  fill,
  type Node,
  noPings,
  premise,
  saveRdb,
  test,
  topology,
  until,
} from '../helpers/suite.ts';

/** To load some 20 MB, send and load them again, on a machine that does much else. */
const withinMs = 40_000;
const BEFORE_ONLINE = ['handshake', 'wait_bgsave', 'send_bulk', 'loading'] as const;

test.for(forEither(BEFORE_ONLINE))(
  'the $victim is killed in $state and restarted: a full resync from the start [N24]',
  async ({ state, victim }, { deployment }) => {
    await using pair = await deployment.start(aMasterAndAReplicaToBe(state));
    const [master, replica] = [pair.master, pair.node('replica')];
    await fill(master, { seed: 1, keys: 100 });
    await saveRdb(master);
    const letGo = await attachUntil(state, { replica, master });
    await hasAsked(replica, state);

    const node = pair.node(victim);
    await node.kill();
    await node.restart({ data: 'kept' });
    await letGo();

    await expect(replica).toResync('full', { withinMs });
    await expect(replica).toConvergeWith(master, { withinMs });
    expect(await master.call('DBSIZE'), 'keys of the dataset').toBeGreaterThan(0);
  },
);

test.for(forEither(['online']))(
  'the $victim is killed while the replica is online, and restarted from its RDB: the replica continues [N24]',
  async ({ victim }, { deployment }) => {
    await using pair = await deployment.start(aMasterAndAReplicaToBe('online'));
    const [master, replica] = [pair.master, pair.node('replica')];
    await fill(master, { seed: 1, keys: 100 });
    await attachUntil('online', { replica, master });
    await hasAsked(replica, 'online');
    await master.call('SET', 'online', '1');
    await expect(replica).toConvergeWith(master);

    const node = pair.node(victim);
    await saveRdb(node);
    await node.kill();
    await node.restart({ data: 'kept' });

    const continues = victim === 'replica' || can(await master.snapshot(), 'master-keeps-history');
    await expect(replica).toResync(continues ? 'partial' : 'full');
    await expect(replica).toConvergeWith(master);
    expect(await replica.call('GET', 'online')).toBe('1');
  },
);

test.for(forEither([...BEFORE_ONLINE, 'online']))(
  'the $victim is paused in $state and goes on: so does the replica, without another resync [N24]',
  async ({ state, victim }, { deployment }) => {
    await using pair = await deployment.start(aMasterAndAReplicaToBe(state));
    const [master, replica] = [pair.master, pair.node('replica')];
    await fill(master, { seed: 1, keys: 100 });
    const before = await replica.snapshot();
    const letGo = await attachUntil(state, { replica, master });

    await pair.node(victim).pause();
    const written = victim === 'replica' && !master.isPaused;
    if (written) await master.call('SET', 'in the pause', '1');
    await pair.node(victim).resume();
    await letGo();

    // It is chance whether one pause meets the server in a read; transfer-processes.test.ts pauses it until one does.
    const mayBreakOff =
      state === 'loading' && victim === 'replica' && !can(before, 'load-survives-signals');
    await pair.inSync(replica, withinMs);
    await pair.logsComplete();
    const { length } = pair.unjudgedResyncsOf(replica);
    expect(length).toBeOneOf(mayBreakOff ? [1, 2] : [1]);
    await expect(replica).toResync('full', { times: length });
    await expect(replica).toConvergeWith(master, { withinMs });
    expect(await replica.call('EXISTS', 'in the pause')).toBe(written ? 1 : 0);
  },
);

/** So long a key takes to load: longer than a test, for all of them. */
const KEY_LOAD_DELAY_MICROS = 500_000;

test('a replica is killed while it loads the RDB that it has received: it starts from that file, and continues [N24]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(aMasterAndAReplicaToBe('online'));
  const [master, replica] = [pair.master, pair.node('replica')];
  const keepsFile = can(await replica.snapshot(), 'received-rdb-kept');
  await fill(master, { seed: 1, keys: 100 });
  const outage = await (await pair.link(replica, master)).apply(cut());
  await replica.replicaOf(master);
  await replica.call('CONFIG', 'REWRITE');
  await replica.call('CONFIG', 'SET', 'key-load-delay', KEY_LOAD_DELAY_MICROS);
  await outage.heal();
  await replica.logged(/sync: Loading DB in memory$/);
  // What it received has its name only after an fsync, which may take a disk seconds.
  if (keepsFile) await replica.logged(/^Loading RDB produced by /);
  await hasAsked(replica, 'loading');

  await replica.kill();
  const { lines } = replica.server.log;
  await premise('it had loaded before the kill', () =>
    expect(lines.some(({ text }) => text.endsWith('Finished with success'))).toBe(false),
  );
  await replica.restart({ data: 'kept' });

  await expect(replica).toResync(keepsFile ? 'partial' : 'full');
  await expect(replica).toConvergeWith(master);
});

/** Either node in each state. */
function forEither<State extends AttachState>(states: readonly State[]) {
  return states.flatMap((state) => [
    { state, victim: 'master' as const },
    { state, victim: 'replica' as const },
  ]);
}

function aMasterAndAReplicaToBe(state: AttachState) {
  const config = { ...noPings, ...configToHoldIn(state) };
  return topology([
    { name: 'master', config },
    { name: 'replica', config },
  ]);
}

/** The full resync that the replica has asked for by then: it is judged, what comes after it is the test's. */
async function hasAsked(replica: Node, state: AttachState): Promise<void> {
  const { deployment } = replica;
  const kinds = await until(
    () => deployment.resyncsOf(replica).map(({ kind }) => kind),
    ({ length }) => length === (state === 'handshake' ? 0 : 1),
    { what: `the upstream of ${replica.name} to log the request`, withinMs: 10_000 },
  );
  expect(kinds).toEqual(state === 'handshake' ? [] : ['full']);
  deployment.judged(replica);
}
