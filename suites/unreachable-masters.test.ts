/** Masters that cannot be reached: how often a replica tries, and how soon it is back when they can. */
import {
  cut,
  DEFAULT_TIMEOUT_SECONDS,
  expect,
  fill,
  giveUpAfter,
  halfOpen,
  masterWithReplicas,
  noPings,
  reset,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const REPL_TIMEOUT_SECONDS = 2;
/** A second of a server is ten turns of a tenth, and its clock is one turn old. */
const TURN_MS = 100;

test.concurrent.for([
  {
    master: 'refuses connections',
    fault: cut(),
    state: /^connect(ing)?$/,
    says: /Connection refused/,
    attempts: 5,
    secondsBetween: 1,
  },
  {
    master: 'resets connections',
    fault: reset(),
    state: /^(connect(ing)?|handshake)$/,
    says: /reset by peer|did not respond to command/,
    attempts: 5,
    secondsBetween: 1,
  },
  {
    master: 'accepts connections and says nothing',
    fault: halfOpen('both'),
    state: /^handshake$/,
    says: /^Timeout connecting to the (MASTER|PRIMARY)/,
    attempts: 3,
    secondsBetween: REPL_TIMEOUT_SECONDS,
  },
])(
  'a master that $master: one attempt in $secondsBetween s at most, one or two until the replica is back [N8]',
  async ({ fault, state, says, attempts, secondsBetween }, { deployment }) => {
    await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
    const { master, replica } = pair;
    await fill(master, { seed: 1, keys: 50 });
    await expect(replica).toConvergeWith(master);
    const before = replica.attemptsToConnect().length;

    const outage = await replica.link.apply(fault);
    await giveUpAfter(REPL_TIMEOUT_SECONDS, replica);
    // Ends what is open, where the fault does not.
    await replica.call('CLIENT', 'KILL', 'TYPE', 'master');
    await until(
      () => replica.attemptsToConnect().length - before,
      (made) => made >= attempts,
      { what: `${attempts} attempts to connect`, withinMs: 30_000 },
    );
    // The first one comes at once.
    const [, ...paced] = replica.attemptsToConnect().slice(before);
    for (const [index, atMs] of paced.slice(1).entries()) {
      expect(atMs - (paced[index] ?? 0)).toBeGreaterThanOrEqual(secondsBetween * 1_000 - TURN_MS);
    }
    await replica.logged(says);
    expect(await replica.role()).toMatchObject({ state: expect.stringMatching(state), offset: -1 });
    expect((await replica.snapshot()).upstream).toMatchObject({ link: 'down' });
    expect((await master.snapshot()).replicas).toEqual([]);
    await writeBytes(master, { seed: 2, bytes: 20_000 });
    await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, replica);
    await outage.remove();
    const inVain = replica.attemptsToConnect().length;
    await outage.heal();

    await expect(replica).toResync('partial', { reason: 'in-backlog' });
    // One may have begun just before.
    expect(replica.attemptsToConnect().length - inVain).toBeLessThanOrEqual(2);
    await expect(replica).toConvergeWith(master);
  },
);
