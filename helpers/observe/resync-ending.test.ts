import { expect, test } from 'vitest';
import { parseLogLine } from './log.ts';
import { resyncEvents } from './resync.ts';

const endings = (lines: string): unknown[] =>
  resyncEvents(
    lines
      .trim()
      .split('\n')
      .map((line, index) => parseLogLine(line.trim(), 1, index)),
  ).map(({ kind, replicaPort, ending }) => [replicaPort, kind, ending?.by, ending?.phase]);

test('ended in the transfer, for the output limit (Redis 7.0.15)', () => {
  expect(
    endings(`
      1:M 22 Nov 2026 05:28:52.329 * Replica 127.0.0.1:21304 asks for synchronization
      1:M 22 Nov 2026 05:28:52.329 * Unable to partial resync with replica 127.0.0.1:21304 for lack of backlog (Replica request was: 2915385).
      1:M 22 Nov 2026 05:28:52.329 * Starting BGSAVE for SYNC with target: replicas sockets
      1:M 22 Nov 2026 05:28:52.358 # Client id=76 addr=127.0.0.1:39210 laddr=127.0.0.1:21301 fd=8 name= age=0 idle=0 flags=S db=0 oll=52 omem=1066208 events=r cmd=psync user=default redir=-1 resp=2 scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:28:52.358 # Connection with replica 127.0.0.1:21304 lost.
    `),
  ).toEqual([[21304, 'full', 'output-limit', 'transfer']]);
});

test('ended in the stream; the next one lasts (Valkey 9.1.2)', () => {
  expect(
    endings(`
      1:M 22 Nov 2026 05:29:47.814 * Replica 127.0.0.1:21004 asks for synchronization
      1:M 22 Nov 2026 05:29:47.814 * Full resync requested by replica 127.0.0.1:21004
      1:M 22 Nov 2026 05:29:47.905 * Synchronization with replica 127.0.0.1:21004 succeeded
      1:M 22 Nov 2026 05:29:50.355 # Client id=4 addr=127.0.0.1:49788 laddr=127.0.0.1:21001 fd=10 name=*redacted* age=3 idle=0 flags=S capa= db=0 omem=1066208 events=rw cmd=replconf scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:29:50.355 # Connection with replica 127.0.0.1:21004 lost.
      1:M 22 Nov 2026 05:29:52.752 * Replica 127.0.0.1:21004 asks for synchronization
      1:M 22 Nov 2026 05:29:52.752 * Unable to partial resync with replica 127.0.0.1:21004 for lack of backlog (Replica request was 3f8f:3708268, and I can only reply with the range [41350121, 41444984]).
      1:M 22 Nov 2026 05:29:52.948 * Synchronization with replica 127.0.0.1:21004 succeeded
    `),
  ).toEqual([
    [21004, 'full', 'output-limit', 'stream'],
    [21004, 'full', undefined, undefined],
  ]);
});

test('over its limit before the log says that it was accepted (Redis 6.0.16)', () => {
  expect(
    endings(`
      1:M 22 Nov 2026 05:32:01.100 * Replica 127.0.0.1:21004 asks for synchronization
      1:M 22 Nov 2026 05:32:01.101 # Client id=9 addr=127.0.0.1:35474 fd=8 name= age=0 idle=0 flags=S db=0 obl=0 oll=1 omem=8419240 events=r cmd=psync user=default scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:32:01.101 * Partial resynchronization request from 127.0.0.1:21004 accepted. Sending 8419174 bytes of backlog starting from offset 1.
      1:M 22 Nov 2026 05:32:01.102 # Connection with replica 127.0.0.1:21004 lost.
    `),
  ).toEqual([[21004, 'partial', 'output-limit', 'stream']]);
});

test('the RDB connection ends with the RDB, the synchronization lasts until the other one ends (Redis 8.0.2)', () => {
  const [full] = [
    `
      1:M 22 Nov 2026 05:29:35.579 * Replica 127.0.0.1:21004 asks for synchronization
      1:M 22 Nov 2026 05:29:35.579 * Unable to partial resync with replica 127.0.0.1:21004 for lack of backlog (Replica request was: 2895311).
      1:M 22 Nov 2026 05:29:35.579 * Replica 127.0.0.1:21004 is capable of rdb channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated rdb channel.
      1:M 22 Nov 2026 05:29:35.596 * Replica 127.0.0.1:21004 asks for synchronization
      1:M 22 Nov 2026 05:29:35.596 * Full resync requested by replica 127.0.0.1:21004 (rdb-channel)
      1:M 22 Nov 2026 05:29:35.673 * Synchronization with replica 127.0.0.1:21004 succeeded
      1:M 22 Nov 2026 05:29:35.673 # Connection with replica (rdbchannel) 127.0.0.1:21004 lost.`,
  ];
  expect(endings(full)).toEqual([[21004, 'full', undefined, undefined]]);
  expect(
    endings(`${full}
      1:M 22 Nov 2026 05:29:36.005 # Client id=57 addr=127.0.0.1:54204 flags=S db=0 omem=1066208 events=r cmd=psync scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:29:36.005 # Connection with replica 127.0.0.1:21004 lost.`),
  ).toEqual([[21004, 'full', 'output-limit', 'stream']]);
});

test('the network ended it, and another client was over its limit', () => {
  expect(
    endings(`
      1:M 22 Nov 2026 05:32:01.100 * Replica 127.0.0.1:21004 asks for synchronization
      1:M 22 Nov 2026 05:32:01.100 * Full resync requested by replica 127.0.0.1:21004
      1:M 22 Nov 2026 05:32:02.101 # Client id=9 addr=127.0.0.1:35474 fd=8 name=S flags=N db=0 omem=8419240 cmd=lrange user=default scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:32:02.102 # Connection with replica 127.0.0.1:21004 lost.
    `),
  ).toEqual([[21004, 'full', 'other', 'transfer']]);
});

test('of two replicas over the limit and one that just goes, each gets its own reason', () => {
  const asks = (port: number): string => `
      1:M 22 Nov 2026 05:32:01.100 * Replica 127.0.0.1:${port} asks for synchronization
      1:M 22 Nov 2026 05:32:01.100 * Full resync requested by replica 127.0.0.1:${port}`;
  expect(
    endings(`${asks(7001)}${asks(7002)}${asks(7003)}
      1:M 22 Nov 2026 05:32:02.101 # Client 127.0.0.1:7001 scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:32:02.101 # Client 127.0.0.1:7003 scheduled to be closed ASAP for overcoming of output buffer limits.
      1:M 22 Nov 2026 05:32:02.102 # Connection with replica 127.0.0.1:7001 lost.
      1:M 22 Nov 2026 05:32:02.102 # Connection with replica 127.0.0.1:7003 lost.
      1:M 22 Nov 2026 05:32:02.102 # Connection with replica 127.0.0.1:7002 lost.
    `),
  ).toEqual([
    [7001, 'full', 'output-limit', 'transfer'],
    [7002, 'full', 'other', 'transfer'],
    [7003, 'full', 'output-limit', 'transfer'],
  ]);
});
