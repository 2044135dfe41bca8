import { expect } from 'vitest';
import { type Program, REFERENCE, Subject } from '../../fixtures/reference/testing/subject.ts';
import type { Session } from '../../helpers/deployment/session/session.ts';
import { Ports } from '../../helpers/ports.ts';
import { until } from '../../helpers/until.ts';
import { test } from './session.ts';

const HOST = '127.0.0.1';
const ONLINE_WITHIN_MS = 20_000;
const LENGTH_MAX = 4;
const LONGER = [
  'TO host port FORCE TIMEOUT 9',
  'to host port timeout 9 force',
  'TIMEOUT 9 TO host port FORCE',
];

test('the reference answers FAILOVER as Redis 7.0 does, whatever words follow in whatever order', async ({
  session,
  redis,
}) => {
  await using ports = await Ports.reserve();
  const [master, replica] = [await ports.next(), await ports.next()];
  const words = ['TO', 'host', 'port', 'nowhere', 'FORCE', 'TIMEOUT', '9', '-1', 'x', 'ABORT'];
  const lines = [...sentences(words, LENGTH_MAX), ...LONGER.map((line) => line.split(' '))];

  const [theirs, ours] = [
    await answers(session, redis, { master, replica }, lines),
    await answers(session, REFERENCE, { master, replica }, lines),
  ];

  expect(ours).toEqual(theirs);
  const kinds = new Set(theirs.map(({ said }) => said));
  expect([...kinds].some((said) => said.startsWith('+OK'))).toBe(true);
  expect(kinds.size).toBeGreaterThan(5);
});

/** All sequences of so many words at most. */
function sentences(words: readonly string[], most: number): string[][] {
  if (most === 0) return [[]];
  const shorter = sentences(words, most - 1);
  const longest = shorter.filter(({ length }) => length === most - 1);
  return [...shorter, ...longest.flatMap((begun) => words.map((word) => [...begun, word]))];
}

/** What a master with one replica answers to FAILOVER with these words, and to an ABORT in the same turn. */
async function answers(
  session: Session,
  program: Program,
  ports: { readonly master: number; readonly replica: number },
  lines: readonly (readonly string[])[],
): Promise<{ readonly line: string; readonly said: string }[]> {
  const known = new Map([
    ['host', HOST],
    ['port', String(ports.replica)],
  ]);
  await using master = await Subject.start(session, 'master', program, {
    port: String(ports.master),
    'repl-diskless-sync-delay': '0',
  });
  await using _replica = await Subject.start(session, 'replica', program, {
    port: String(ports.replica),
    replicaof: `${HOST} ${ports.master}`,
  });
  const client = await master.connect();
  await until(
    () => client.ask('INFO', 'replication'),
    (info) => info.includes('state=online'),
    { what: 'the replica to be online', withinMs: ONLINE_WITHIN_MS, verdict: 'environment' },
  );
  const commands = lines.flatMap((line) => [
    ['FAILOVER', ...line.map((word) => known.get(word) ?? word)],
    ['FAILOVER', 'ABORT'],
  ]);
  const replies = await client.pipeline([...commands, ['PING']], '+PONG\r\n');
  return lines.map((line, at) => ({
    line: line.join(' '),
    said: replies.slice(2 * at, 2 * at + 2).join(''),
  }));
}
