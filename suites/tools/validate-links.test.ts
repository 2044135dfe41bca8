/** What a validation finds over a link that is narrow and long: each kind of finding is provoked, and absent where nothing is wrong. */
import { can } from '../../helpers/deployment/capabilities.ts';
import { expect, test } from '../../helpers/suite.ts';
import { measured, numbers, remedied } from '../../helpers/validate/measure/testing.ts';

/** What waits in the kernel of the master is 5 s of the link and more: 2 MB in containers, all of it on loopback. */
const NARROW = {
  datasetBytes: 3_000_000,
  valueBytes: 10_000,
  writeBytesPerSecond: 100_000,
  link: { bitsPerSecond: 3_200_000, latencyMs: 5 },
};
const IMPATIENT = {
  'repl-timeout': 2,
  'repl-ping-replica-period': 1,
  'repl-backlog-size': '64kb',
  'repl-diskless-sync': 'no',
};

test('a repl-timeout shorter than the silence at the end of a full resync: it never ends, with the one that is advised it does', async ({
  deployment,
}) => {
  const before = await measured(deployment, 'full-resync', IMPATIENT, NARROW);
  expect(before.severities).toMatchObject({ 'resync-timeout': 'broken' });
  const finding = before.of('resync-timeout');
  expect(finding.remedy).toMatchObject({ directive: 'repl-timeout' });
  expect(before.behaviours).toMatchObject({
    'full-resync': 'never ends: given up after repl-timeout',
  });

  const config = remedied(IMPATIENT, finding);
  const after = await measured(deployment, 'full-resync', config, NARROW);
  expect(after.severities).toEqual({ 'full-resync-loop': 'ok', 'full-resync-clients': 'note' });
  const [unheard] = numbers(after.of('full-resync-loop'), /had heard nothing/);
  expect(unheard, 'longer than the timeout that it was dropped for').toBeGreaterThan(2);
});

test('a transfer of many times repl-timeout over a link that what waits crosses in time ends', async ({
  deployment,
}) => {
  const config = { ...IMPATIENT, 'repl-timeout': 4 };
  const link = { bitsPerSecond: 20_000_000, latencyMs: 5 };
  const found = await measured(deployment, 'full-resync', config, {
    ...NARROW,
    datasetBytes: 24_000_000,
    link,
  });
  expect(found.severities).toEqual({ 'full-resync-loop': 'ok', 'full-resync-clients': 'note' });
  const [tookMs] = numbers(found.of('full-resync-loop'), /^time of a full resync/);
  expect(tookMs).toBeGreaterThan(2 * 4_000);
});

test('more is written than the link carries: no replica ever catches up, and falls behind by the difference', async ({
  deployment,
}) => {
  const load = { writeBytesPerSecond: 200_000, link: { bitsPerSecond: 800_000, latencyMs: 5 } };
  const found = await measured(deployment, 'catch-up', {}, load);
  expect(found.severities).toEqual({ 'link-too-slow': 'broken' });
  const [growth, predicted] = numbers(found.of('link-too-slow'), /^a replica falls behind/);
  // On a busy machine a link carries less than it could, but never more.
  expect(growth / predicted).toBeGreaterThan(0.7);
  const [written] = numbers(found.of('link-too-slow'), /^growth of the stream/);
  expect(growth, 'of what is written, some arrives').toBeLessThan(written);
  const resync = await measured(deployment, 'full-resync', {}, load);
  expect(resync.severities).toEqual({});
  expect(resync.behaviours).toEqual({ 'full-resync': 'never ends: the link is too slow' });
});

test('a link that carries more than is written: how long a replica takes to catch up', async ({
  deployment,
}) => {
  const writeBytesPerSecond = 200_000;
  const wide = { bitsPerSecond: 10_000_000, latencyMs: 20 };
  const found = await measured(deployment, 'catch-up', {}, { writeBytesPerSecond, link: wide });
  expect(found.severities).toEqual({ 'catch-up': 'ok' });
  expect(found.behaviours).toEqual({ 'catch-up': '7 s' });
  const [tookMs] = numbers(found.of('catch-up'), /^catching up/);
  expect(tookMs, '3 s of what the link has left').toBeGreaterThan(2_000);

  const narrow = { bitsPerSecond: 2_800_000, latencyMs: 20 };
  const long = await measured(deployment, 'catch-up', {}, { writeBytesPerSecond, link: narrow });
  expect(long.severities).toEqual({ 'catch-up': 'note' });
  expect((await measured(deployment, 'catch-up', {})).severities).toEqual({});
});

const AWAY = { writeBytesPerSecond: 200_000, link: { bitsPerSecond: 100_000_000, latencyMs: 40 } };

test('what a link costs while nothing is wrong: a round trip for each WAIT, and the age of what is read', async ({
  deployment,
}) => {
  const found = await measured(deployment, 'link-steady', {}, AWAY);
  expect(found.severities).toEqual({ 'link-steady': 'ok' });
  const [ageMs] = numbers(found.of('link-steady'), /^age of what a replica tells, median/);
  expect(ageMs).toBeGreaterThan(38);
  const [waitMs] = numbers(found.of('link-steady'), /^a write and a WAIT/);
  expect(waitMs).toBeGreaterThan(38);
  const [bytes] = numbers(found.of('link-steady'), /^acknowledged and not yet/);
  expect(bytes, '40 ms of 200 KB/s').toBeGreaterThan(2_000);
  expect((await measured(deployment, 'link-steady', {})).severities).toEqual({});
});

test('a full resync over a long link is over when all but what is on its way has come', async ({
  deployment,
}) => {
  const load = { ...AWAY, datasetBytes: 10_000_000, valueBytes: 10_000 };
  const found = await measured(deployment, 'full-resync', {}, load);
  expect(found.severities).toEqual({ 'full-resync-loop': 'ok', 'full-resync-clients': 'note' });
  const [tookMs] = numbers(found.of('full-resync-loop'), /^time of a full resync/);
  expect(tookMs, 'less than a second of transfer').toBeLessThan(8_000);
});

test('silence is noticed, and writes are judged, over the link as well', async ({ deployment }) => {
  const noticed = await measured(deployment, 'detection', { 'repl-timeout': 60 }, AWAY);
  expect(noticed.severities).toEqual({ detection: 'note' });
  expect(noticed.of('detection').measured[0]).toMatchObject({ predicted: '3000 to 5040' });
  const safe = await measured(deployment, 'write-safety', { 'min-replicas-to-write': 1 }, AWAY);
  expect(safe.severities).toEqual({ 'partition-writes': 'ok' });
  const read = await measured(deployment, 'replica-reads', {}, AWAY);
  // Before 7.0 the time of a value begins when the replica gets it, a round trip late.
  const expired = can(deployment.target, 'absolute-ttls') ? 'ok' : 'note';
  expect(read.severities).toEqual({ 'stale-reads': 'note', 'expired-reads': expired });
});
