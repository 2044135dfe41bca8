import { expect, test } from 'vitest';
import { snapshotOf } from './snapshot.ts';

/** As Redis 6.0.16 and Valkey 9.1.2 answer, but for fields that a snapshot does not read. */
const REPLID = '214ba873f2ed390428089e2eab6dd70f5dd6b903';
const NONE = '0'.repeat(40);
const common = [
  '# Replication',
  `master_replid:${REPLID}`,
  'repl_backlog_active:1',
  'repl_backlog_size:16384',
  'repl_backlog_first_byte_offset:246562',
  'repl_backlog_histlen:16384',
  '# Memory',
  'mem_clients_slaves:20504',
  '# Stats',
  'sync_full:3',
  'sync_partial_ok:1',
  'sync_partial_err:2',
  '# Keyspace',
  'db0:keys=2000,expires=0,avg_ttl=0',
  'db9:keys=1,expires=1,avg_ttl=10',
];
const info = (...lines: string[]): string => [...lines, ...common, ''].join('\r\n');

test('a master of Redis 6.0 with a replica', () => {
  const snapshot = snapshotOf(
    info(
      'redis_version:6.0.16',
      'run_id:abc',
      'loading:0',
      'rdb_bgsave_in_progress:1',
      'role:master',
      'connected_slaves:1',
      'slave0:ip=172.19.0.3,port=7002,state=online,offset=262945,lag=1',
      `master_replid2:${NONE}`,
      'master_repl_offset:262945',
      'second_repl_offset:-1',
    ),
  );
  expect(snapshot).toEqual({
    product: 'redis',
    version: '6.0.16',
    isReference: false,
    runId: 'abc',
    role: 'master',
    replid: REPLID,
    offset: 262_945,
    backlog: { active: true, sizeBytes: 16_384, firstByteOffset: 246_562, histlenBytes: 16_384 },
    replicas: [{ ip: '172.19.0.3', port: 7002, state: 'online', offset: 262_945, lagSeconds: 1 }],
    counters: { full: 3, partialOk: 1, partialErr: 2 },
    replicaBuffersBytes: 20_504,
    loading: false,
    asyncLoading: false,
    saving: true,
    keys: new Map([
      [0, 2000],
      [9, 1],
    ]),
  });
});

test('a replica of Valkey 9.1, once a master itself', () => {
  const snapshot = snapshotOf(
    info(
      'redis_version:7.2.4',
      'server_name:valkey',
      'valkey_version:9.1.2',
      'run_id:abc',
      'loading:0',
      'async_loading:1',
      'role:slave',
      'master_host:172.22.0.2',
      'master_port:8666',
      'master_link_status:down',
      'master_last_io_seconds_ago:-1',
      'master_sync_in_progress:1',
      'slave_read_repl_offset:15',
      'slave_repl_offset:15',
      'master_failover_state:failover-in-progress',
      `master_replid2:${REPLID}`,
      'master_repl_offset:15',
      'second_repl_offset:16',
    ),
  );
  expect(snapshot).toMatchObject({
    product: 'valkey',
    version: '9.1.2',
    isReference: false,
    role: 'replica',
    failover: 'failover-in-progress',
    replid2: REPLID,
    secondOffset: 16,
    asyncLoading: true,
    replicas: [],
    upstream: {
      host: '172.22.0.2',
      port: 8666,
      link: 'down',
      syncInProgress: true,
      lastIoSecondsAgo: -1,
    },
  });
});

test('a reply without a field that every version has is refused by the name of the field', () => {
  expect(() => snapshotOf('role:master\r\n')).toThrow('INFO has no field master_replid2');
});
