/**
 * A master that restarts leaves keys out that have expired meanwhile, and deletes them in the stream that it goes on
 * with.
 */
import {
  answers,
  debugAllowed,
  expect,
  masterWithReplicas,
  noPings,
  saving,
  test,
} from '../helpers/suite.ts';

const TTL_MS = 1_500;

test.for([
  { scenario: 'P10', keys: 1_024, backlogBytes: 1_048_576, kind: 'partial' },
  { scenario: 'P11', keys: 2_048, backlogBytes: 16_384, kind: 'full' },
] as const)(
  '$keys keys expire while their master is down, its backlog has $backlogBytes bytes: a $kind resync, and all are gone [$scenario]',
  async ({ keys, backlogBytes, kind }, { deployment }) => {
    deployment.needsServer('master-keeps-history');
    const config = { ...noPings, ...debugAllowed(deployment.target) };
    const masterConfig = { ...saving, 'repl-backlog-size': backlogBytes };
    await using pair = await deployment.start(masterWithReplicas(1, { config, masterConfig }));
    const { master, replica } = pair;
    await master.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0);
    const names = Array.from({ length: keys }, (_, index) => `key:${index}`);
    await Promise.all(names.map((name) => master.call('SET', name, 'value', 'PX', TTL_MS)));
    await answers(replica, ['DBSIZE'], keys);

    await master.stop();
    await answers(replica, ['EXISTS', ...names], 0);
    expect(await replica.call('DBSIZE'), 'held while the master is down').toBe(keys);
    await master.restart({ data: 'kept' });

    await master.logged(new RegExp(`keys expired: ${keys}\\b`));
    // Its history goes on from the RDB's, and all that it has beyond are deletions.
    const { offset, secondOffset = 0 } = await master.snapshot();
    const deletedBytes = offset + 1 - secondOffset;
    expect(deletedBytes).toBeGreaterThan(keys * '*2 $3 DEL $5 key:0'.length);
    const reason = kind === 'full' ? 'lack-of-backlog' : 'in-backlog';
    await expect(replica).toResync(kind, { reason });
    const sent = kind === 'full' ? undefined : deletedBytes;
    expect(pair.resyncsOf(replica).at(-1)?.backlogBytes).toBe(sent);
    await expect(replica).toConvergeWith(master);
    for (const node of pair.nodes) await answers(node, ['DBSIZE'], 0);
  },
);
