import { describe, expect, test } from 'vitest';
import { parseLogLine } from './log.ts';
import { resyncEvents } from './resync.ts';

const read = (lines: string): ReturnType<typeof resyncEvents> =>
  resyncEvents(
    lines
      .trim()
      .split('\n')
      .map((line, index) => parseLogLine(line.trim(), 1, index)),
  );
const decisions = (lines: string): unknown[] =>
  read(lines).map(({ kind, reason, replicaPort, backlogBytes }) =>
    backlogBytes === undefined
      ? [kind, reason, replicaPort]
      : [kind, reason, replicaPort, backlogBytes],
  );

describe('the decision on each request, from the upstream log', () => {
  test('first attach, then a short cut (Redis 6.0.16)', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:05:33.271 * Replica 172.19.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:33.271 * Full resync requested by replica 172.19.0.3:7002
        1:M 21 Nov 2026 20:05:33.271 * Replication backlog created, my new replication IDs are 'a' and 'b'
        1:M 21 Nov 2026 20:05:33.271 * Starting BGSAVE for SYNC with target: disk
        12:C 21 Nov 2026 20:05:33.272 * DB saved on disk
        1:M 21 Nov 2026 20:05:33.367 * Synchronization with replica 172.19.0.3:7002 succeeded
        1:M 21 Nov 2026 20:05:36.338 # Connection with replica 172.19.0.3:7002 lost.
        1:M 21 Nov 2026 20:05:37.285 * Replica 172.19.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:37.285 * Partial resynchronization request from 172.19.0.3:7002 accepted. Sending 47 bytes of backlog starting from offset 1.
      `),
    ).toEqual([
      ['full', 'no-history', 7002],
      ['partial', 'in-backlog', 7002, 47],
    ]);
  });

  test('what a killed child says between a request and its decision is not the decision (Valkey 9.1.2)', () => {
    expect(
      decisions(`
        1:M 22 Nov 2026 17:43:37.418 * Killing running RDB child: 50
        1:M 22 Nov 2026 17:43:37.418 * Replica 192.168.64.2:7003 asks for synchronization
        50:signal-handler (1795369417) Received SIGUSR1 in child, exiting now.
        1:M 22 Nov 2026 17:43:37.421 * Partial resynchronization request from 192.168.64.2:7003 accepted. Sending 999 bytes of backlog starting from offset 160.
      `),
    ).toEqual([['partial', 'in-backlog', 7003, 999]]);
  });

  test('details of the request, told at level debug, are not the decision (Redis 8.0.2)', () => {
    expect(
      decisions(`
        1:M 23 Nov 2026 07:35:51.865 * Replica 172.29.0.2:7002 asks for synchronization
        1:M 23 Nov 2026 07:35:51.865 . [PSYNC] Replica request offset: 1
        1:M 23 Nov 2026 07:35:51.865 . [PSYNC] Backlog size: 32768
        1:M 23 Nov 2026 07:35:51.865 * Partial resynchronization request from 172.29.0.2:7002 accepted. Sending 10059 bytes of backlog starting from offset 1.
      `),
    ).toEqual([['partial', 'in-backlog', 7002, 10_059]]);
  });

  test('a full resync over the RDB channel counts once, with the reason of the main channel (Redis 8.0.2)', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:05:49.229 * Replica 172.20.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:49.229 * Unable to partial resync with replica 172.20.0.3:7002 for lack of backlog (Replica request was: 1).
        1:M 21 Nov 2026 20:05:49.229 * Replica 172.20.0.3:7002 is capable of rdb channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated rdb channel.
        1:M 21 Nov 2026 20:05:49.230 * Replica 172.20.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:49.230 * Full resync requested by replica 172.20.0.3:7002 (rdb-channel)
        1:M 21 Nov 2026 20:05:49.230 * Starting BGSAVE for SYNC with target: replicas sockets (rdb-channel)
      `),
    ).toEqual([['full', 'lack-of-backlog', 7002]]);
  });

  test('an RDB channel whose second connection never came is no full resync', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:05:49.229 * Replica 172.20.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:49.229 * Full resync requested by replica 172.20.0.3:7002
        1:M 21 Nov 2026 20:05:49.229 * Replica 172.20.0.3:7002 is capable of rdb channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated rdb channel.
        1:M 21 Nov 2026 20:05:50.230 * Replica 172.20.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:50.230 * Partial resynchronization request from 172.20.0.3:7002 accepted. Sending 0 bytes of backlog starting from offset 1.
      `),
    ).toEqual([['partial', 'in-backlog', 7002, 0]]);
  });

  test('a full resync over the dual channel counts once, the stream on its main connection included (Valkey 8.1.1)', () => {
    const log = `
      915:M 22 Nov 2026 05:25:55.096 * Replica 127.0.0.1:24111 asks for synchronization
      915:M 22 Nov 2026 05:25:55.096 * Partial resynchronization not accepted: Replication ID mismatch (Replica asked for '7e30', my replication IDs are '7904' and '0000')
      915:M 22 Nov 2026 05:25:55.096 * Dual channel replication: Replica 127.0.0.1:24111 is capable of dual channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated RDB channel.
      915:M 22 Nov 2026 05:25:55.096 * Replica 127.0.0.1:24111 asks for synchronization
      915:M 22 Nov 2026 05:25:55.096 * Replication backlog created, my new replication IDs are '0d2b' and '0000'
      915:M 22 Nov 2026 05:25:55.096 * Starting BGSAVE for SYNC with target: replicas sockets using: dual-channel
      915:M 22 Nov 2026 05:25:55.096 * Dual channel replication: Sending to replica 127.0.0.1:24111 RDB end offset 0 and client-id 5
      915:M 22 Nov 2026 05:25:55.097 * Background RDB transfer started by pid 1062 to direct socket to replica
      915:M 22 Nov 2026 05:25:55.098 * Replica 127.0.0.1:24111 asks for synchronization
      915:M 22 Nov 2026 05:25:55.098 * Partial resynchronization request from 127.0.0.1:24111 accepted. Sending 50 bytes of backlog starting from offset 1.
      1062:C 22 Nov 2026 05:25:57.141 * Fork CoW for RDB: current 1 MB, peak 1 MB, average 0 MB
      915:M 22 Nov 2026 05:25:57.172 * Dual channel replication: Replica 127.0.0.1:24111 rdb channel disconnected.
      915:M 22 Nov 2026 05:25:57.172 * Synchronization with replica 127.0.0.1:24111 succeeded
      915:M 22 Nov 2026 05:25:57.201 * Background RDB transfer terminated with success`;
    expect(decisions(log)).toEqual([['full', 'replication-id-mismatch', 24111]]);
    expect(read(log)).toMatchObject([
      { connections: 2, asked: { replid: '7e30' }, mainChannel: { from: 1, backlogBytes: 50 } },
    ]);
  });

  test('each attempt at a dual channel is a full resync, and what is asked for after the last is not (Valkey 9.1.2)', () => {
    expect(
      decisions(`
        205:M 22 Nov 2026 05:30:59.676 * Replica 127.0.0.1:24121 asks for synchronization
        205:M 22 Nov 2026 05:30:59.676 * Partial resynchronization not accepted: Replication ID mismatch (Replica asked for 'eb63', my replication IDs are '5f67' and '0000')
        205:M 22 Nov 2026 05:30:59.676 * Dual channel replication: Replica 127.0.0.1:24121 is capable of dual channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated RDB channel.
        205:M 22 Nov 2026 05:30:59.678 * Replica 127.0.0.1:24121 asks for synchronization
        205:M 22 Nov 2026 05:30:59.678 * Starting BGSAVE for SYNC with target: replicas sockets using: dual-channel
        205:M 22 Nov 2026 05:30:59.678 * Dual channel replication: Sending to replica 127.0.0.1:24121 RDB end offset 90 and client-id 6
        205:M 22 Nov 2026 05:30:59.679 * Replica 127.0.0.1:24121 asks for synchronization
        205:M 22 Nov 2026 05:30:59.679 * Partial resynchronization request from 127.0.0.1:24121 accepted. Sending 0 bytes of backlog starting from offset 91.
        205:M 22 Nov 2026 05:31:00.433 * Connection with replica 127.0.0.1:24121 lost.
        205:M 22 Nov 2026 05:31:00.434 * Dual channel replication: Replica 127.0.0.1:24121 rdb channel disconnected.
        205:M 22 Nov 2026 05:31:00.436 * Replica 127.0.0.1:24121 asks for synchronization
        205:M 22 Nov 2026 05:31:00.436 * Unable to partial resync with replica 127.0.0.1:24121 for lack of backlog (Replica request was eb64:15, and I can only reply with the range [91, 91]).
        205:M 22 Nov 2026 05:31:00.436 * Dual channel replication: Replica 127.0.0.1:24121 is capable of dual channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated RDB channel.
        205:M 22 Nov 2026 05:31:00.436 * Replica 127.0.0.1:24121 asks for synchronization
        205:M 22 Nov 2026 05:31:00.436 * Current BGSAVE has socket target. Waiting for next BGSAVE for SYNC
        205:M 22 Nov 2026 05:31:01.112 * Starting BGSAVE for SYNC with target: replicas sockets using: dual-channel
        205:M 22 Nov 2026 05:31:01.112 * Dual channel replication: Sending to replica 127.0.0.1:24121 RDB end offset 95 and client-id 9
        205:M 22 Nov 2026 05:31:01.436 * Replica 127.0.0.1:24121 asks for synchronization
        205:M 22 Nov 2026 05:31:01.436 * Partial resynchronization request from 127.0.0.1:24121 accepted. Sending 20 bytes of backlog starting from offset 80.
      `),
    ).toEqual([
      ['full', 'replication-id-mismatch', 24121],
      ['full', 'lack-of-backlog', 24121],
      ['partial', 'in-backlog', 24121, 20],
    ]);
  });

  test('a main connection that asks anew does not pass its reason on (Redis 8.0.2)', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:05:49.229 * Replica 127.0.0.1:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:49.229 * Unable to partial resync with replica 127.0.0.1:7002 for lack of backlog (Replica request was: 1).
        1:M 21 Nov 2026 20:05:49.229 * Replica 127.0.0.1:7002 is capable of rdb channel synchronization, and partial sync isn't possible. Full sync will continue with dedicated rdb channel.
        1:M 21 Nov 2026 20:05:50.230 * Replica 127.0.0.1:7002 asks for synchronization
        1:M 21 Nov 2026 20:05:50.230 * Full resync requested by replica 127.0.0.1:7002 
      `),
    ).toEqual([['full', 'no-history', 7002]]);
  });

  test('the range in the refusal (Valkey 9.1.2), an unknown ID, a second offset exceeded', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:06:11.302 * Replica 172.22.0.3:7002 asks for synchronization
        1:M 21 Nov 2026 20:06:11.302 * Unable to partial resync with replica 172.22.0.3:7002 for lack of backlog (Replica request was 57ee:15, and I can only reply with the range [245281, 262960]).
        1:M 21 Nov 2026 20:06:13.974 * Replica 172.22.0.3:7003 asks for synchronization
        1:M 21 Nov 2026 20:06:13.975 * Partial resynchronization not accepted: Replication ID mismatch (Replica asked for 'a', my replication IDs are 'b' and 'c')
        1:M 21 Nov 2026 20:06:14.974 * Replica 172.22.0.3:7004 asks for synchronization
        1:M 21 Nov 2026 20:06:14.975 * Partial resynchronization not accepted: Requested offset for second ID was 674, but I can reply up to 644
      `),
    ).toEqual([
      ['full', 'lack-of-backlog', 7002],
      ['full', 'replication-id-mismatch', 7003],
      ['full', 'second-offset-exceeded', 7004],
    ]);
  });

  test("a child's line between question and decision decides nothing", () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:06:11.302 * Replica 127.0.0.1:7002 asks for synchronization
        12:C 21 Nov 2026 20:06:11.302 * DB saved on disk
        1:M 21 Nov 2026 20:06:11.302 * Partial resynchronization request from 127.0.0.1:7002 accepted. Sending 9 bytes of backlog starting from offset 15.
      `),
    ).toEqual([['partial', 'in-backlog', 7002, 9]]);
  });

  test('a peer that announced no port', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:06:11.302 * Replica 127.0.0.1:<unknown-replica-port> asks for synchronization
        1:M 21 Nov 2026 20:06:11.302 * Partial resynchronization request from 127.0.0.1:<unknown-replica-port> accepted. Sending 1 bytes of backlog starting from offset 15.
      `),
    ).toEqual([['partial', 'in-backlog', 0, 1]]);
  });

  test('a peer that has hung up in the meantime (Valkey 8.1.1)', () => {
    expect(
      decisions(`
        1:M 22 Nov 2026 06:26:01.104 * Replica 127.0.0.1:21232 asks for synchronization
        1:M 22 Nov 2026 06:26:01.104 * Partial resynchronization request from client id #4 accepted. Sending 0 bytes of backlog starting from offset 1.
        1:M 22 Nov 2026 06:26:02.104 * Replica 127.0.0.1:21232 asks for synchronization
        1:M 22 Nov 2026 06:26:02.104 * Unable to partial resync with replica client id #5 for lack of backlog (Replica request was: 7).
      `),
    ).toEqual([
      ['partial', 'in-backlog', 21232, 0],
      ['full', 'lack-of-backlog', 21232],
    ]);
  });

  test('a question without a decision yet is no event', () => {
    expect(
      decisions('1:M 21 Nov 2026 20:06:11.302 * Replica 127.0.0.1:7002 asks for synchronization'),
    ).toEqual([]);
  });

  test('an offset that is no number is refused: whatever follows, it is no event', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:06:11.302 * Replica 127.0.0.1:<unknown-replica-port> asks for synchronization
        1:M 21 Nov 2026 20:06:11.302 # Replica 127.0.0.1:<unknown-replica-port> asks for synchronization but with a wrong offset
        1:M 21 Nov 2026 20:06:12.302 * DB saved on disk
      `),
    ).toEqual([]);
  });

  test('the legacy SYNC has no decision line: whatever follows, it is full', () => {
    expect(
      decisions(`
        1:M 21 Nov 2026 20:06:11.302 * Replica 127.0.0.1:7002 asks for synchronization
        1:M 21 Nov 2026 20:06:11.302 * Starting BGSAVE for SYNC with target: disk
      `),
    ).toEqual([['full', 'legacy-sync', 7002]]);
  });
});
