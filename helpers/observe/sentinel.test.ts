import { expect, test } from 'vitest';
import { parseLogLine } from './log.ts';
import { endpointOf, seenMaster, seenReplicas, seenSentinels, sentinelEvents } from './sentinel.ts';

const server = (more: object) =>
  Object.entries({ ip: '127.0.0.1', port: '24001', runid: 'f47', flags: 'master', ...more })
    .flat()
    .map(String);

test('a master as SENTINEL MASTER tells it', () => {
  const reply = server({
    name: 'mymaster',
    flags: 'master,s_down,o_down',
    's-down-time': 1_200,
    'last-ok-ping-reply': 1_700,
    'config-epoch': 3,
    quorum: 2,
    'down-after-milliseconds': 500,
    'failover-timeout': 3_000,
  });
  expect(seenMaster(reply)).toEqual({
    name: 'mymaster',
    host: '127.0.0.1',
    port: 24_001,
    runId: 'f47',
    flags: ['master', 's_down', 'o_down'],
    downForMs: 1_200,
    aliveMsAgo: 1_700,
    configEpoch: 3,
    quorum: 2,
    downAfterMs: 500,
    failoverTimeoutMs: 3_000,
  });
});

test('replicas as SENTINEL REPLICAS tells them', () => {
  const seen = (status: string) =>
    server({
      flags: 'slave',
      'master-link-status': status,
      'master-host': '127.0.0.1',
      'master-port': 24_002,
      'slave-priority': 100,
      'slave-repl-offset': 77,
      'info-refresh': 850,
    });
  expect(seenReplicas([seen('ok'), seen('err')])).toMatchObject([
    { link: 'up', downForMs: 0, master: { host: '127.0.0.1', port: 24_002 }, offset: 77 },
    { link: 'down', priority: 100, infoAgeMs: 850 },
  ]);
});

test('other Sentinels, and the address for clients', () => {
  expect(seenSentinels([server({ flags: 'sentinel' })])).toMatchObject([{ flags: ['sentinel'] }]);
  expect(endpointOf(['127.0.0.1', '24001'])).toEqual({ host: '127.0.0.1', port: 24_001 });
});

test.for([
  [() => seenMaster(null), 'expected a list of a Sentinel, got null'],
  [() => seenMaster(server({})), 'the Sentinel does not tell name'],
  [() => seenSentinels([server({ port: 'x' })]), 'the Sentinel tells port x, expected a number'],
] as const)('what is not told is an error %#', ([read, message]) => {
  expect(read).toThrow(message);
});

test('events are what a Sentinel logs with a sign before it, and nothing else', () => {
  const log = [
    '71:X 22 Nov 2026 09:21:40.349 * +slave slave 127.0.0.1:1 127.0.0.1 1 @ mymaster 127.0.0.1 2',
    '71:X 22 Nov 2026 09:21:40.350 * Sentinel new configuration saved on disk',
    '71:X 22 Nov 2026 09:21:41.350 # -failover-abort-not-elected master mymaster 127.0.0.1 2',
    '71:M 22 Nov 2026 09:21:41.350 # +sdown of a node that says so',
    '+sdown of nobody',
  ];
  const lines = log.map((line, index) => parseLogLine(line, 1, index));
  expect(sentinelEvents(lines)).toEqual([
    {
      name: '+slave',
      text: 'slave 127.0.0.1:1 127.0.0.1 1 @ mymaster 127.0.0.1 2',
      atMs: 0,
      boot: 1,
    },
    { name: '-failover-abort-not-elected', text: 'master mymaster 127.0.0.1 2', atMs: 2, boot: 1 },
  ]);
});
