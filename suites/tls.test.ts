/** Replication over TLS, and TLS on one side of the link alone. Certificates are made by openssl where there is one. */
import { identities } from '../helpers/deployment/identities.ts';
import { findProgram } from '../helpers/deployment/targets/binary.ts';
import type { Identity } from '../helpers/deployment/tls.ts';
import {
  test as base,
  cut,
  expect,
  fill,
  limitData,
  load,
  type Node,
  noPings,
  topology,
  writeBytes,
} from '../helpers/suite.ts';

const test = base
  .extend('made', { scope: 'worker' }, () =>
    findProgram('openssl') === undefined ? undefined : identities(),
  )
  .extend('known', ({ made, skip }): readonly [Identity, Identity] => {
    return made ?? skip('no openssl is on the PATH to make certificates with');
  });

test('over TLS a short cut under load ends in one partial resync [N23]', async ({
  deployment,
  known: [tls],
}) => {
  await using pair = await deployment.start(
    topology([
      { name: 'master', tls },
      { name: 'replica', tls, replicaOf: 'master' },
    ]),
  );
  await speaksNothingElse(pair.master);
  await using writes = await load(pair.master, { seed: 1, ratePerSecond: 500, floor: 100 });

  const outage = await pair.replica.link.apply(cut());
  await writes.goesOn(100);
  await outage.heal();

  await expect(pair.replica).toResync('partial', { reason: 'in-backlog' });
  await writes.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
});

test('over TLS an RDB that is cut off is sent again, whole [N23]', async ({
  deployment,
  known: [tls],
}) => {
  await using pair = await deployment.start(
    topology([
      { name: 'master', tls, config: noPings },
      { name: 'replica', tls, replicaOf: 'master' },
    ]),
  );
  await fill(pair.master, { seed: 1, keys: 200 });
  await writeBytes(pair.master, { seed: 2, bytes: 1_000_000 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await pair.replica.kill();
  const shortened = await pair.replica.link.apply(limitData('downstream', { bytes: 100_000 }));
  await pair.replica.restart({ data: 'lost' });
  await pair.replica.logged(TRANSFER_LOST);
  expect((await pair.replica.snapshot()).keys).toEqual(new Map());
  await shortened.heal();

  await expect(pair.replica).toConvergeWith(pair.master);
});

test('a certificate of another authority, given to the master in an outage, keeps the link down until the replica believes it; it continues then [N23]', async ({
  deployment,
  known: [first, second],
}) => {
  await using pair = await deployment.start(
    topology([
      { name: 'master', tls: first, config: noPings, files: { 'new.crt': second.certificate } },
      {
        name: 'replica',
        replicaOf: 'master',
        tls: first,
        files: { 'both.crt': first.authority + second.authority },
      },
    ]),
  );
  const { master, replica } = pair;
  await fill(master, { seed: 1, keys: 50 });
  await expect(replica).toConvergeWith(master);

  const outage = await replica.link.apply(cut());
  await master.call('CONFIG', 'SET', 'tls-cert-file', 'new.crt');
  await writeBytes(master, { seed: 2, bytes: 10_000 });
  await outage.heal();

  await replica.logged(/^Error condition on socket for SYNC: .*(certificate|issuer)/);
  expect((await replica.snapshot()).upstream?.link).toBe('down');
  expect(pair.unjudgedResyncsOf(replica)).toEqual([]);
  await replica.call('CONFIG', 'SET', 'tls-ca-cert-file', 'both.crt');
  await expect(replica).toResync('partial');
  await expect(replica).toConvergeWith(master);
});

test('a replica that speaks TLS to a master that does not hears nothing, and gives up after repl-timeout [N22]', async ({
  deployment,
  known: [{ key, certificate, authority }],
}) => {
  const files = { key, certificate, authority };
  const config = {
    'tls-key-file': 'key',
    'tls-cert-file': 'certificate',
    'tls-ca-cert-file': 'authority',
    'tls-replication': 'yes',
    'repl-timeout': 1,
  };
  await using two = await deployment.start(
    topology([{ name: 'master' }, { name: 'other', files, config }]),
  );
  const other = two.node('other');
  await other.call('SET', 'own', '1');

  await other.replicaOf(two.master);

  await other.logged(/^Timeout connecting to the (MASTER|PRIMARY)/);
  expect((await other.snapshot()).upstream?.link).toBe('down');
  expect(await other.call('GET', 'own')).toBe('1');
  await other.promote();
  await other.call('CONFIG', 'SET', 'tls-replication', 'no');
  await other.call('CONFIG', 'SET', 'repl-timeout', 60);
  await other.replicaOf(two.master);
  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
});

test('a replica that speaks no TLS to a master that does is refused, and both logs say so [N22]', async ({
  deployment,
  known: [tls],
}) => {
  await using two = await deployment.start(
    topology([
      { name: 'master', tls },
      { name: 'other', tls, config: { 'tls-replication': 'no' } },
    ]),
  );
  const other = two.node('other');
  await other.call('SET', 'own', '1');

  await other.replicaOf(two.master);

  await two.master.logged(/^Error accepting a client connection: .*wrong version number/);
  await other.logged(
    /^(Failed to read response from the server|Error reply to PING from master): /,
  );
  expect((await other.snapshot()).upstream?.link).toBe('down');
  expect(await other.call('GET', 'own')).toBe('1');
  await other.call('CONFIG', 'SET', 'tls-replication', 'yes');
  await expect(other).toResync('full');
  await expect(other).toConvergeWith(two.master);
});

const TRANSFER_LOST = /I\/O error|connection lost|Failed trying to load/;

async function speaksNothingElse(node: Node): Promise<void> {
  expect(await node.call('CONFIG', 'GET', 'port')).toEqual(['port', '0']);
  expect(await node.call('CONFIG', 'GET', 'tls-replication')).toEqual(['tls-replication', 'yes']);
}
