import {
  DEFAULT_TIMEOUT_SECONDS,
  debugAllowed,
  expect,
  giveUpAfter,
  masterWithReplicas,
  type Node,
  noPings,
  premise,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const ENDLESS = 'while true do end';
/** From so many milliseconds on a script makes the server say BUSY. */
const patience = { 'lua-time-limit': 50 };

test('a replica busy with a script says BUSY, takes in nothing, and catches up when the script is killed [F2]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, replicaConfig: patience }),
  );
  const { master, replica } = pair;
  await expect(replica).toConvergeWith(master);
  using client = replica.dedicated({ commandTimeoutMs: 60_000 });
  const ends = killed(client.call('EVAL', ENDLESS, 0));
  await saysBusy(replica);

  await writeBytes(master, { seed: 1, bytes: 1_000_000 });
  await lagsBehind(master);
  await replica.call('SCRIPT', 'KILL');
  await ends;

  await expect(replica).toConvergeWith(master);
  await expect(replica).toHaveStayedInSync();
});

test('a replica busy with a script for longer than repl-timeout is dropped, and resumes when the script is killed [F2]', async ({
  deployment,
}) => {
  deployment.needsServer('scripts');
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: noPings, replicaConfig: patience }),
  );
  const { master, replica } = pair;
  await expect(replica).toConvergeWith(master);
  const { offset } = await master.snapshot();
  using client = replica.dedicated({ commandTimeoutMs: 60_000 });
  const ends = killed(client.call('EVAL', ENDLESS, 0));
  await saysBusy(replica);

  await writeBytes(master, { seed: 1, bytes: 100_000 });
  const { offset: after } = await master.snapshot();
  await giveUpAfter(2, master);
  await master.logged(/^Disconnecting timedout replica \(streaming sync\)/);
  await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, master);
  await replica.call('SCRIPT', 'KILL');
  await ends;

  await expect(replica).toResync('partial');
  expect(pair.resyncsOf(replica).at(-1)).toMatchObject({ backlogBytes: after - offset });
  await expect(replica).toConvergeWith(master);
});

test('a replica busy with one long command answers nobody, and catches up when that has ended [F2]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { config: { ...noPings, ...debugAllowed(deployment.target) } }),
  );
  const { master, replica } = pair;
  await expect(replica).toConvergeWith(master);
  using client = replica.dedicated({ commandTimeoutMs: 60_000 });
  let isBusy = true;
  const ends = client.call('DEBUG', 'SLEEP', 12).finally(() => {
    isBusy = false;
  });

  await writeBytes(master, { seed: 1, bytes: 1_000_000 });
  await lagsBehind(master);
  await premise('looked too late', () => expect(isBusy).toBe(true));
  expect(await ends).toBe('OK');

  await expect(replica).toConvergeWith(master);
  await expect(replica).toHaveStayedInSync();
});

/** Judges that a script ends by SCRIPT KILL. */
function killed(script: Promise<unknown>) {
  return expect(script).rejects.toThrow(/killed by user/i);
}

async function saysBusy(replica: Node): Promise<void> {
  await until(
    () => replica.call('GET', 'key').then(String, (refused: Error) => refused.message),
    (said) => said.startsWith('BUSY '),
    { what: `${replica.name} to say BUSY`, withinMs: 15_000, verdict: 'inconclusive' },
  );
}

/** The only replica of a master has acknowledged nothing for two seconds, although there is something to. */
async function lagsBehind(master: Node): Promise<void> {
  await until(
    () => master.snapshot(),
    ({ offset, replicas: [replica] }) =>
      replica !== undefined && replica.lagSeconds >= 2 && replica.offset < offset,
    { what: `the replica of ${master.name} to lag`, withinMs: 20_000, verdict: 'inconclusive' },
  );
}
