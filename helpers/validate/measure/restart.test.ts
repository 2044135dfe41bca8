import { expect, test } from 'vitest';
import type { Assumptions } from '../report.ts';
import { judge, type Restarted } from './restart.ts';

const assumptions: Assumptions = {
  writeBytesPerSecond: 2_000_000,
  outageMs: 30_000,
  datasetBytes: 500_000_000,
  valueBytes: 1_000,
  replicas: 2,
};
const settings = (values: Record<string, string>) => ({
  text: (name: string) => values[name] ?? '',
  isOn: (name: string) => values[name] === 'yes',
});
const rdb = settings({ save: '3600 1' });
const aof = settings({ appendonly: 'yes', appendfsync: 'everysec' });
const back = (onMaster: number, onReplica = onMaster): Restarted => ({
  resync: 'partial',
  before: 400,
  onMaster,
  onReplica,
});
const loss = (afterCrash: Restarted, by = rdb) =>
  judge({ replicaBack: 'partial', inOrder: back(400), afterCrash }, assumptions, by).findings[1];

test('all lost is the trap, some are what was written since the RDB, none is well', () => {
  expect(loss(back(0))).toMatchObject({ id: 'empty-master', severity: 'broken' });
  expect(loss(back(200))).toMatchObject({
    id: 'crash-loss',
    severity: 'risk',
    remedy: { directive: 'appendonly', value: 'yes' },
  });
  expect(loss(back(400))).toMatchObject({ id: 'crash-loss', severity: 'ok' });
});

test('an append-only file that is behind is no reason to advise one', () => {
  expect(loss(back(200), aof)).toMatchObject({
    id: 'crash-loss',
    severity: 'note',
    remedy: { directive: 'appendfsync', value: 'always' },
  });
});

test('a full resync of either is told', () => {
  const of = (replicaBack: 'full' | 'partial', inOrder: Restarted) =>
    judge({ replicaBack, inOrder, afterCrash: back(400) }, assumptions, rdb).findings[0];
  expect(of('partial', back(400))).toMatchObject({ severity: 'ok' });
  expect(of('full', back(400))?.title).toMatch(/of a replica\.$/);
  expect(of('full', { ...back(400), resync: 'full' })?.title).toMatch(
    /of a replica and of the master\.$/,
  );
});
