import {
  askPsync,
  cut,
  type Deployments,
  expect,
  masterWithReplicas,
  noPings,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** A small backlog, no PINGs: only the test's own writes move it. */
const smallBacklog = { ...noPings, 'repl-backlog-size': 32_768 };
const STEP_BYTES = 500;

test('PSYNC is accepted from the first byte INFO names to one past the last, at no other [N4] [P16]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: smallBacklog }));
  await writeBytes(pair.master, { seed: 1, bytes: 100_000, valueBytes: 1_000 });
  await expect(pair.replica).toConvergeWith(pair.master);
  const { replid, offset, backlog } = await pair.master.snapshot();
  expect(backlog.firstByteOffset + backlog.histlenBytes - 1).toBe(offset);

  const around = (center: number): number[] => [-3, -2, -1, 0, 1, 2, 3].map((d) => center + d);
  const asked = [...around(backlog.firstByteOffset), ...around(offset + 1)];
  const accepted: number[] = [];
  for (const from of asked) {
    if ((await askPsync(pair.master, replid, from)) === 'partial') accepted.push(from);
  }

  expect(accepted).toEqual(
    asked.filter((from) => from >= backlog.firstByteOffset && from <= offset + 1),
  );
});

test('an outage of just too many bytes is a full resync, of one write less a partial one [N5]', async ({
  deployment,
}) => {
  const { writes, kind: tooMany } = await outage(deployment, { writesMax: 1_000 });
  expect(tooMany).toBe('full');

  const { kind: justFits } = await outage(deployment, { writesMax: writes - 1 });
  expect(justFits).toBe('partial');
});

/**
 * Cuts a replica off and writes until the master has given up the byte that the replica needs next, or
 * `writesMax` times. The resync that follows must be what the window says; both are returned.
 */
async function outage(
  deployment: Deployments,
  { writesMax }: { readonly writesMax: number },
): Promise<{ writes: number; kind: 'full' | 'partial' }> {
  await using pair = await deployment.start(masterWithReplicas(1, { config: smallBacklog }));
  await writeBytes(pair.master, { seed: 1, bytes: 10_000, valueBytes: STEP_BYTES });
  await expect(pair.replica).toConvergeWith(pair.master);

  const fault = await pair.replica.link.apply(cut());
  await until(
    async () => (await pair.master.snapshot()).replicas,
    (replicas) => replicas.length === 0,
    { what: 'the master to drop its replica', withinMs: 15_000 },
  );
  const needed = (await pair.replica.snapshot()).offset + 1;
  let writes = 0;
  let lost = false;
  while (!lost && writes < writesMax) {
    await pair.master.call('SET', 'step', 'x'.repeat(STEP_BYTES));
    writes += 1;
    lost = (await pair.master.snapshot()).backlog.firstByteOffset > needed;
  }
  await fault.heal();

  const kind = lost ? 'full' : 'partial';
  await expect(pair.replica).toResync(kind, {
    reason: lost ? 'lack-of-backlog' : 'in-backlog',
  });
  await expect(pair.replica).toConvergeWith(pair.master);
  return { writes, kind };
}
