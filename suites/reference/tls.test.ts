import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'vitest';
import {
  findRedis,
  type Program,
  REFERENCE,
  Subject,
} from '../../fixtures/reference/testing/subject.ts';
import { identities } from '../../helpers/deployment/identities.ts';
import type { Session } from '../../helpers/deployment/session/session.ts';
import { findProgram } from '../../helpers/deployment/targets/binary.ts';
import type { Identity } from '../../helpers/deployment/tls.ts';
import { Ports } from '../../helpers/ports.ts';
import { until } from '../../helpers/until.ts';
import { test as withSession } from './session.ts';

/** Whom the reference replicates to and from: a real Redis where there is one. */
const test = withSession.extend('other', async ({ skip }): Promise<Program> => {
  if (findProgram('openssl') === undefined) {
    console.warn('TLS is not tested: no openssl is on the PATH to make certificates with');
    return skip('no openssl is on the PATH');
  }
  const found = await findRedis();
  return 'missing' in found ? REFERENCE : found;
});

test('replication over TLS alone, from the reference, to it, and on', async ({
  session,
  other,
}) => {
  await using ports = await Ports.reserve();
  const [identity] = await identities();
  const tls = await tlsOptions(session, identity);
  const port = async () => String(await ports.next());
  const [top, middle] = [await port(), await port()];
  const replicaOf = (master: string) => ({ replicaof: `127.0.0.1 ${master}` });
  await using master = await Subject.start(session, 'master', REFERENCE, {
    ...tls,
    'tls-port': top,
  });
  await using replica = await Subject.start(session, 'replica', other, {
    ...tls,
    ...replicaOf(top),
    'tls-port': middle,
  });
  await using leaf = await Subject.start(session, 'leaf', REFERENCE, {
    ...tls,
    ...replicaOf(middle),
  });

  const writer = await master.connect();
  await writer.ask('SET', 'key', 'value');
  for (const node of [replica, leaf]) {
    const reader = await node.connect();
    await until(
      () => reader.ask('GET', 'key'),
      (answer) => answer === '$5\r\nvalue\r\n',
      { what: `${node.name} to have the value`, withinMs: 20_000, verdict: 'liveness' },
    );
  }
});

test('a link that does not know the authority does not come up', async ({ session }) => {
  await using ports = await Ports.reserve();
  const port = String(await ports.next());
  const [first, second] = await identities();
  const [known, stranger] = [await tlsOptions(session, first), await tlsOptions(session, second)];
  await using _master = await Subject.start(session, 'master', REFERENCE, {
    ...known,
    'tls-port': port,
  });
  await using replica = await Subject.start(session, 'replica', REFERENCE, {
    ...stranger,
    replicaof: `127.0.0.1 ${port}`,
  });
  await until(
    () => replica.log,
    (log) => /Error condition on socket for SYNC: .*(certificate|self-signed|issuer)/.test(log),
    { what: 'the replica to refuse the certificate', withinMs: 20_000, verdict: 'correctness' },
  );
  const client = await replica.connect();
  expect(await client.ask('INFO', 'replication')).toContain('master_link_status:down');
});

test('a replica that asks for the stream as soon as it has a reply is not refused for that reply', async ({
  session,
}) => {
  await using ports = await Ports.reserve();
  const port = await ports.next();
  const [identity] = await identities();
  const tls = await tlsOptions(session, identity);
  await using _master = await Subject.start(session, 'master', REFERENCE, {
    ...tls,
    'tls-port': String(port),
    'tls-auth-clients': 'no',
  });

  for (let at = 0; at < 20; at += 1) {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    socket.setEncoding('latin1').write('PING\r\n');
    const heard: string[] = [];
    for await (const text of socket) {
      heard.push(text);
      if (heard.length === 2) break;
      socket.write('PSYNC ? -1\r\n');
    }
    // Newlines come while the RDB is made.
    expect(heard).toEqual(['+PONG\r\n', expect.stringMatching(/^(\n|\+FULLRESYNC )/)]);
  }
});

/** Writes an identity to files, and gives a server's options for them. */
async function tlsOptions(session: Session, identity: Identity): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(session.folder, 'tls-'));
  for (const [name, text] of Object.entries(identity)) await writeFile(join(folder, name), text);
  return {
    'tls-cert-file': join(folder, 'certificate'),
    'tls-key-file': join(folder, 'key'),
    'tls-ca-cert-file': join(folder, 'authority'),
    'tls-replication': 'yes',
  };
}
