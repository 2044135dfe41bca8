import { expect, test } from 'vitest';
import { transfersOf } from './transfers.ts';

const info = (...lines: string[]): string => [...lines, ''].join('\r\n');

test('a replica of Redis 8.0.2 that receives an RDB', () => {
  expect(
    transfersOf(
      info(
        '# Memory',
        'mem_total_replication_buffers:1048600',
        'mem_replica_full_sync_buffer:1048600',
        '# Persistence',
        'rdb_bgsave_in_progress:0',
        '# Stats',
        'total_forks:0',
        '# Replication',
        'replica_full_sync_buffer_size:1048560',
        'replica_full_sync_buffer_peak:1048561',
      ),
    ),
  ).toEqual({
    rdbUnderWay: false,
    forks: 0,
    keptForReplicas: 1_048_600,
    keptUntilLoadedPeak: 1_048_561,
    waitingForStream: 0,
  });
});

test('a replica of Valkey 8.1.1 that receives an RDB', () => {
  const reply = info('replicas_repl_buffer_size:61392', 'replicas_repl_buffer_peak:61393');
  expect(transfersOf(reply)).toMatchObject({ keptUntilLoadedPeak: 61_393 });
});

test('its master', () => {
  expect(
    transfersOf(
      info(
        'mem_total_replication_buffers:61512',
        'rdb_bgsave_in_progress:1',
        'total_forks:2',
        'replicas_waiting_psync:1',
      ),
    ),
  ).toEqual({
    rdbUnderWay: true,
    forks: 2,
    keptForReplicas: 61_512,
    keptUntilLoadedPeak: 0,
    waitingForStream: 1,
  });
});
