/**
 * What a validation measures under faults: each kind of finding is provoked by a configuration that has the fault, and
 * absent for one that has not.
 */
import { can } from '../../helpers/deployment/capabilities.ts';
import { expect, saving, test } from '../../helpers/suite.ts';
import { measured, numbers, remedied } from '../../helpers/validate/measure/testing.ts';

const EDGE = /backlog holds|backlog of .* holds/;

test('half a minute of 2 MB/s against a backlog of 1 MB ends in a full resync, with the backlog that is advised in a partial one', async ({
  deployment,
}) => {
  const config = { 'repl-backlog-size': '1mb' };
  const before = await measured(deployment, 'outage-margin', config);
  expect(before.severities).toEqual({ 'outage-margin': 'risk' });
  const finding = before.of('outage-margin');
  expect(finding.remedy).toEqual({ directive: 'repl-backlog-size', value: '77mb' });
  expect(before.behaviours).toEqual({ 'outage-margin': '505 ms' });

  const after = await measured(deployment, 'outage-margin', remedied(config, finding));
  expect(after.severities).toEqual({ 'outage-margin': 'ok' });
  expect(after.behaviours).toEqual({ 'outage-margin': '38.9 s' });
});

test.for([
  { backlog: '64kb', valueBytes: 100 },
  { backlog: '1mb', valueBytes: 1_000 },
  { backlog: '8mb', valueBytes: 20_000 },
])(
  'the edge of a backlog of $backlog, in values of $valueBytes bytes, is predicted within 2 %, and proven on both sides',
  async ({ backlog, valueBytes }, { deployment }) => {
    const config = { 'repl-backlog-size': backlog };
    const found = await measured(deployment, 'outage-margin', config, { valueBytes });
    const finding = found.of('outage-margin');
    const [edge, predicted] = numbers(finding, EDGE);
    const [partialAfter] = numbers(finding, /^partial resync after/);
    const [fullAfter] = numbers(finding, /^full resync after/);
    expect(Math.abs(predicted - edge) / edge).toBeLessThan(0.02);
    expect(fullAfter).toBeGreaterThan(edge);
    expect(partialAfter).toBeGreaterThan(0.6 * edge);
  },
);

test('a master without replicas gives its backlog up, which counts where the outage is longer', async ({
  deployment,
}) => {
  const long = await measured(deployment, 'backlog-ttl', { 'repl-backlog-ttl': 20 });
  expect(long.of('backlog-ttl')).toMatchObject({
    severity: 'risk',
    remedy: { directive: 'repl-backlog-ttl', value: '60' },
  });
  expect(long.of('backlog-ttl').measured.at(-1)).toMatchObject({ value: 'a full resync' });

  const config = remedied({}, long.of('backlog-ttl'));
  expect((await measured(deployment, 'backlog-ttl', config)).severities).toEqual({});
});

/** Over one connection, so that what is written meanwhile waits on the master. */
const SLOW = { 'repl-diskless-sync': 'no', 'repl-backlog-size': '64kb' };
const LOADED = {
  datasetBytes: 8_000_000,
  writeBytesPerSecond: 500_000,
  link: { bitsPerSecond: 32_000_000, latencyMs: 5 },
};

test('an output limit too small for dataset and writes: full resyncs loop, with the limit that is advised they end', async ({
  deployment,
}) => {
  const config = { ...SLOW, 'client-output-buffer-limit': 'replica 256kb 0 0' };
  const before = await measured(deployment, 'full-resync', config, LOADED);
  expect(before.severities).toMatchObject({ 'full-resync-loop': 'broken' });
  const finding = before.of('full-resync-loop');
  expect(finding.remedy).toMatchObject({ directive: 'client-output-buffer-limit' });

  const after = await measured(deployment, 'full-resync', remedied(config, finding), LOADED);
  expect(after.severities).toEqual({ 'full-resync-loop': 'ok', 'full-resync-clients': 'note' });
});

test('a large dataset is measured smaller, and what that comes to is marked as computed', async ({
  deployment,
}) => {
  const found = await measured(
    deployment,
    'full-resync',
    {},
    { datasetBytes: 400_000_000, valueBytes: 10_000, writeBytesPerSecond: 500_000 },
  );
  expect(found.of('full-resync-loop').measured).toContainEqual(
    expect.objectContaining({ what: 'the same for 381 MB, in proportion', value: 'computed' }),
  );
});

test('a silent link is noticed after repl-timeout, an outage shorter than that by nobody', async ({
  deployment,
}) => {
  const config = { 'repl-timeout': 60 };
  const unnoticed = await measured(deployment, 'detection', config);
  expect(unnoticed.severities).toEqual({ detection: 'note' });
  expect(unnoticed.behaviours).toMatchObject({
    detection: '62 s',
    'reads-when-down': 'old data',
  });
  const [replicaMs] = numbers(unnoticed.of('detection'), /^the replica notices/);
  expect(replicaMs, 'measured at 3 s').toBeGreaterThan(2_000);

  const noticed = await measured(deployment, 'detection', {
    ...remedied(config, unnoticed.of('detection')),
    'replica-serve-stale-data': 'no',
  });
  expect(noticed.severities).toEqual({ detection: 'ok' });
  expect(noticed.behaviours).toMatchObject({ 'reads-when-down': 'MASTERDOWN' });
});

test('pings rarer than the timeout end healthy links', async ({ deployment }) => {
  const config = { 'repl-timeout': 10, 'repl-ping-replica-period': 10 };
  const found = await measured(deployment, 'detection', config);
  expect(found.severities).toEqual({ 'ping-beyond-timeout': 'broken' });

  const after = remedied(config, found.of('ping-beyond-timeout'));
  expect((await measured(deployment, 'detection', after)).severities).toEqual({ detection: 'ok' });
});

test('a cut-off master acknowledges writes for ever, with min-replicas-to-write for so many seconds', async ({
  deployment,
}) => {
  const without = await measured(deployment, 'write-safety', {}, { failover: 'sentinel' });
  expect(without.severities).toEqual({ 'partition-writes': 'risk' });
  expect(without.behaviours).toEqual({ 'partition-writes': 'ever', 'partition-loss': '60000' });

  const config = remedied({}, without.of('partition-writes'));
  const limited = await measured(deployment, 'write-safety', config, { failover: 'sentinel' });
  expect(limited.severities).toEqual({ 'partition-writes': 'note' });
  expect(limited.behaviours).toEqual({ 'partition-writes': '12 s', 'partition-loss': '24000' });
});

test('as many replicas asked for as there are: one away stops all writes; more: none is ever accepted', async ({
  deployment,
}) => {
  const all = { 'min-replicas-to-write': 2, 'min-replicas-max-lag': 1 };
  expect((await measured(deployment, 'write-safety', all)).severities).toEqual({
    'partition-writes': 'ok',
    'one-replica-stops-writes': 'risk',
  });
  const more = { 'min-replicas-to-write': 3 };
  const found = await measured(deployment, 'write-safety', more);
  expect(found.severities).toEqual({ 'too-few-replicas': 'broken' });
});

test('a master that persists nothing comes back empty, and empties its replicas; an RDB leaves what it held', async ({
  deployment,
}) => {
  const nothing = await measured(deployment, 'restart', { save: '' });
  expect(nothing.severities).toMatchObject({ 'empty-master': 'broken' });
  expect(nothing.behaviours).toMatchObject({ 'crash-master': '200 of 200 keys' });

  const rdb = await measured(deployment, 'restart', saving);
  expect(rdb.severities).toEqual({
    'restart-resync': can(deployment.target, 'master-keeps-history') ? 'ok' : 'note',
    'crash-loss': 'risk',
  });
  expect(rdb.behaviours).toMatchObject({ 'crash-master': '200 of 401 keys' });
});

test('with an append-only file nothing is lost in a crash, and a restart costs a full resync', async ({
  deployment,
}) => {
  deployment.needsServer('aof');
  const config = { save: '', appendonly: 'yes', appendfsync: 'always' };
  const found = await measured(deployment, 'restart', config);
  expect(found.severities).toEqual({ 'restart-resync': 'note', 'crash-loss': 'ok' });
  expect(found.behaviours).toMatchObject({ 'power-loss': '0 ms' });
});

test('reads of a replica that is cut off, writes to it, and what it evicts by itself', async ({
  deployment,
}) => {
  const usual = await measured(deployment, 'replica-reads', {});
  expect(usual.severities).toEqual({ 'stale-reads': 'note', 'expired-reads': 'ok' });
  expect(usual.behaviours).toMatchObject({ 'replica-writes': 'READONLY' });

  const loose = await measured(deployment, 'replica-reads', {
    'replica-serve-stale-data': 'no',
    'replica-read-only': 'no',
    'replica-ignore-maxmemory': 'no',
    maxmemory: '512mb',
    'maxmemory-policy': 'allkeys-lru',
  });
  expect(loose.severities).toMatchObject({
    'stale-reads': 'ok',
    'writable-replica': 'risk',
    'replica-evicts': 'risk',
  });
  const [evicted] = numbers(loose.of('replica-evicts'), /^keys evicted/);
  expect(evicted).toBeGreaterThan(0);
});

test('data beside a backlog that maxmemory has no room for', async ({ deployment }) => {
  const config = { maxmemory: '12mb', 'repl-backlog-size': '10mb' };
  const small = await measured(deployment, 'memory', config);
  expect(small.of('memory')).toMatchObject({
    severity: 'risk',
    remedy: { directive: 'maxmemory', value: '17mb' },
  });
  const [took, predicted] = numbers(small.of('memory'), /^memory that a full backlog/);
  expect(took / predicted).toBeGreaterThan(0.8);

  const larger = await measured(deployment, 'memory', remedied(config, small.of('memory')));
  expect(larger.severities).toEqual({ memory: 'ok' });
  expect((await measured(deployment, 'memory', {})).severities).toEqual({ memory: 'note' });
});

test('what needs a command that is renamed says so, the rest is measured', async ({
  deployment,
}) => {
  const config = { 'rename-command': ['CONFIG ""', 'REPLICAOF ""', 'SLAVEOF ""'] };
  expect((await measured(deployment, 'full-resync', config)).of('not-measured').title).toMatch(
    /unknown command/,
  );
  expect((await measured(deployment, 'detection', config)).severities).toEqual({
    detection: 'note',
  });
});
