import { expect, test } from 'vitest';
import { parseConfig } from '../file/parse.ts';
import type { Assumptions } from '../report.ts';
import { settingsTold } from '../settings.ts';
import { conflicts, notMeasured } from './rules.ts';

const ASSUMPTIONS: Assumptions = {
  writeBytesPerSecond: 2e6,
  outageMs: 30_000,
  datasetBytes: 100e6,
  valueBytes: 1_000,
  replicas: 2,
};
const DEFAULTS = {
  'repl-timeout': '60',
  'repl-ping-replica-period': '10',
  'repl-backlog-size': '1048576',
  'repl-backlog-ttl': '3600',
  'client-output-buffer-limit': 'normal 0 0 0 slave 268435456 67108864 60 pubsub 1 1 1',
  'min-replicas-to-write': '0',
  'min-replicas-max-lag': '10',
  'replica-priority': '100',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  save: '',
  appendonly: 'no',
  'rdb-del-sync-files': 'no',
  'repl-diskless-load': 'disabled',
  requirepass: '',
  masterauth: '',
  masteruser: '',
};

interface Case {
  readonly told?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly assumed?: Partial<Assumptions>;
  readonly version?: string;
}

const found = ({ told, text = '', assumed, version = '7.0.15' }: Case) =>
  conflicts({
    settings: settingsTold(new Map(Object.entries({ ...DEFAULTS, ...told })), 'redis'),
    written: parseConfig(text, 'a.conf'),
    assumptions: { ...ASSUMPTIONS, ...assumed },
    server: { product: 'redis', version },
  });

const FAULTS: readonly (readonly [string, string, Case])[] = [
  ['timeout-below-ping', 'broken', { told: { 'repl-timeout': '10' } }],
  ['backlog-ttl', 'risk', { told: { 'repl-backlog-ttl': '20' } }],
  ['output-limit-below-backlog', 'note', { told: { 'repl-backlog-size': '536870912' } }],
  [
    'output-limit-below-backlog',
    'risk',
    { told: { 'repl-backlog-size': '536870912' }, version: '6.0.16' },
  ],
  [
    'max-lag-tight',
    'risk',
    { told: { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '1' } },
  ],
  [
    'min-replicas-disabled',
    'note',
    { told: { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '0' } },
  ],
  ['min-replicas-unmet', 'broken', { told: { 'min-replicas-to-write': '3' } }],
  ['min-replicas-unmet', 'risk', { told: { 'min-replicas-to-write': '2' } }],
  ['renamed-replication-command', 'broken', { text: 'rename-command psync x' }],
  [
    'renamed-sentinel-command',
    'risk',
    { text: 'rename-command CONFIG ""', assumed: { failover: 'sentinel' } },
  ],
  ['masterauth-mismatch', 'broken', { told: { requirepass: 'a' } }],
  ['masterauth-mismatch', 'broken', { told: { requirepass: 'a', masterauth: 'b' } }],
  ['loopback-only', 'note', { text: 'bind 127.0.0.1 -::1' }],
  ['protected-mode', 'risk', { text: 'bind 10.0.0.1' }],
  [
    'nobody-promotable',
    'broken',
    { told: { 'replica-priority': '0' }, assumed: { failover: 'sentinel' } },
  ],
  [
    'backlog-in-maxmemory',
    'broken',
    { told: { maxmemory: '1048576' }, assumed: { datasetBytes: 1 } },
  ],
  [
    'backlog-in-maxmemory',
    'risk',
    { told: { maxmemory: '2097152' }, assumed: { datasetBytes: 1 } },
  ],
  ['dataset-beyond-maxmemory', 'risk', { told: { maxmemory: '50000000' } }],
  [
    'dataset-beyond-maxmemory',
    'note',
    { told: { maxmemory: '50000000', 'maxmemory-policy': 'allkeys-lru' } },
  ],
  ['sync-files-kept', 'note', { told: { 'rdb-del-sync-files': 'yes', save: '900 1' } }],
  ['loaded-beside', 'note', { told: { 'repl-diskless-load': 'swapdb', maxmemory: '150000000' } }],
];

test.for(FAULTS)('%s, %s: %j', ([id, severity, given]) => {
  const findings = found(given);
  expect(findings.map((one) => [one.id, one.severity])).toEqual([[id, severity]]);
  for (const { title, why, source, remedy, measured } of findings) {
    expect(title).toMatch(/\.$/);
    expect(why.length).toBeGreaterThan(40);
    expect(source).toBeDefined();
    expect(remedy?.value).toBeTruthy();
    expect(measured.length).toBeGreaterThan(0);
  }
});

const FINE: readonly Case[] = [
  {},
  { told: { 'repl-backlog-ttl': '0' } },
  { told: { 'client-output-buffer-limit': 'replica 0 0 0' } },
  { told: { 'min-replicas-to-write': '1' } },
  { text: 'rename-command FLUSHALL ""' },
  { text: 'rename-command CONFIG ""' },
  { told: { requirepass: 'a', masterauth: 'a' }, text: 'bind 10.0.0.1' },
  { told: { requirepass: 'a', masterauth: 'b', masteruser: 'replicator' } },
  { text: 'bind 10.0.0.1 127.0.0.1\nprotected-mode no' },
  { text: 'bind * -::*\nuser default on >x ~* +@all' },
  { told: { 'replica-priority': '0' } },
  { told: { maxmemory: '1000000000' } },
  { told: { 'rdb-del-sync-files': 'yes' } },
  { told: { 'repl-diskless-load': 'swapdb', maxmemory: '250000000' } },
];

test.for(FINE)('nothing is found in %j', (given) => {
  expect(found(given)).toEqual([]);
});

test('a size that is advised is one that a server takes', () => {
  const told = { maxmemory: '1572864', 'repl-backlog-size': '1048576' };
  const [finding] = found({ told, assumed: { datasetBytes: 1 } });
  expect(finding?.remedy).toEqual({ directive: 'maxmemory', value: '3mb' });
});

test('no password is told', () => {
  const told = { requirepass: 'top-secret', masterauth: 'other-secret' };
  expect(JSON.stringify(found({ told }))).not.toContain('secret');
});

test('what is measured to be as bad is told once', () => {
  const [rule] = found({ told: { 'repl-backlog-ttl': '20' } });
  if (rule === undefined) throw new Error('there is such a rule');
  expect(notMeasured([rule], [{ ...rule, title: 'Measured.' }])).toEqual([]);
  expect(notMeasured([rule], [{ ...rule, severity: 'ok' }])).toEqual([rule]);
  expect(notMeasured([rule], [])).toEqual([rule]);
});
