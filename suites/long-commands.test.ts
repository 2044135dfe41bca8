import { can } from '../helpers/deployment/capabilities.ts';
import { expect, masterWithReplicas, noPings, test } from '../helpers/suite.ts';

const LIMIT_BYTES = 1_048_576;
const VALUE = Buffer.alloc(1_100_000, 'x');

test('a command longer than client-query-buffer-limit of the replica arrives, where a client’s own is refused [H10]', async ({
  deployment,
}) => {
  const config = { ...noPings, 'repl-backlog-size': LIMIT_BYTES };
  const replicaConfig = { 'client-query-buffer-limit': LIMIT_BYTES };
  await using pair = await deployment.start(masterWithReplicas(1, { config, replicaConfig }));
  await pair.master.call('SET', 'before', '1');
  await expect(pair.replica).toConvergeWith(pair.master);
  using client = pair.replica.dedicated();
  await expect(client.call('ECHO', VALUE)).rejects.toThrow();
  await pair.replica.logged(/^Closing client that reached max query buffer/);

  await pair.master.call('SET', 'long', VALUE);

  await expect(pair.replica).toConvergeWith(pair.master);
  expect(await pair.replica.call('STRLEN', 'long')).toBe(VALUE.length);
  if (can(await pair.replica.snapshot(), 'long-commands-replicated')) {
    await expect(pair.replica).toHaveStayedInSync();
  } else {
    // The limit holds for the master, too: the link is closed, and opened for a command that is longer than the backlog.
    await pair.replica.logged(/^Closing client that reached max query buffer length: .* flags=M /);
    await expect(pair.replica).toResync('full', { reason: 'lack-of-backlog' });
  }
});
