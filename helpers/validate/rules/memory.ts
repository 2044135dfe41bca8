import { asDirective, showBytes } from '../units.ts';
import type { Rule } from './rule.ts';

const SMALL_SHARE = 0.25;

const backlogInMaxmemory: Rule = ({ settings }) => {
  const max = settings.number('maxmemory');
  const backlog = settings.number('repl-backlog-size');
  if (max === 0 || backlog <= max * SMALL_SHARE) return undefined;
  const none = backlog >= max;
  return {
    id: 'backlog-in-maxmemory',
    severity: none ? 'broken' : 'risk',
    title: none
      ? `There is no room for data: the backlog (${showBytes(backlog)}) takes all of maxmemory (${showBytes(max)}).`
      : `The backlog takes ${Math.round((backlog / max) * 100)} % of maxmemory (${showBytes(max)}).`,
    measured: [
      { what: 'repl-backlog-size', value: backlog, unit: 'bytes' },
      { what: 'maxmemory', value: max, unit: 'bytes' },
    ],
    why: 'The backlog counts as used memory, so that much less is there for data before keys are evicted or writes refused. It is taken when the first replica attaches.',
    source: 'Redis 7.0 src/evict.c freeMemoryGetNotCountedMemory',
    remedy: { directive: 'maxmemory', value: asDirective(max + backlog) },
  };
};

const datasetBeyondMaxmemory: Rule = ({ settings, assumptions: { datasetBytes } }) => {
  const max = settings.number('maxmemory');
  const policy = settings.text('maxmemory-policy');
  if (max === 0 || datasetBytes <= max) return undefined;
  const refuses = policy === 'noeviction';
  return {
    id: 'dataset-beyond-maxmemory',
    severity: refuses ? 'risk' : 'note',
    title: refuses
      ? `Writes are refused: the dataset asked for (${showBytes(datasetBytes)}) does not fit maxmemory (${showBytes(max)}), and nothing is evicted.`
      : `Keys are evicted: the dataset asked for (${showBytes(datasetBytes)}) does not fit maxmemory (${showBytes(max)}).`,
    measured: [
      { what: 'dataset asked for', value: datasetBytes, unit: 'bytes' },
      { what: 'maxmemory', value: max, unit: 'bytes' },
      { what: 'maxmemory-policy', value: policy },
    ],
    why: 'Beyond maxmemory a server evicts by its policy; with noeviction it answers OOM to every write.',
    source: 'redis.conf of Redis 7.0, maxmemory-policy',
    remedy: { directive: 'maxmemory', value: asDirective(datasetBytes * 1.5) },
  };
};

const keptSyncFiles: Rule = ({ settings }) => {
  const persists = settings.text('save') !== '' || settings.isOn('appendonly');
  if (!settings.isOn('rdb-del-sync-files') || !persists) return undefined;
  return {
    id: 'sync-files-kept',
    severity: 'note',
    title: 'rdb-del-sync-files does nothing here: this server persists.',
    measured: [
      { what: 'save', value: settings.text('save') },
      { what: 'appendonly', value: settings.text('appendonly') },
    ],
    why: 'RDB files of a resync are only removed by servers without any persistence.',
    source: 'redis.conf of Redis 7.0, rdb-del-sync-files',
    remedy: { directive: 'rdb-del-sync-files', value: 'no' },
  };
};

const dataInMemoryTwice: Rule = ({ settings, assumptions: { datasetBytes } }) => {
  const load = settings.text('repl-diskless-load');
  const max = settings.number('maxmemory');
  if (load !== 'swapdb' || max === 0 || datasetBytes * 2 <= max) return undefined;
  return {
    id: 'loaded-beside',
    severity: 'note',
    title: `In a full resync a replica holds both datasets: ${showBytes(datasetBytes * 2)}, more than maxmemory (${showBytes(max)}).`,
    measured: [
      { what: 'repl-diskless-load', value: 'swapdb' },
      { what: 'maxmemory', value: max, unit: 'bytes' },
    ],
    why: 'With swapdb the old dataset is kept until the new one is whole, and maxmemory does not hold on replicas: the machine needs that much.',
    source: 'redis.conf of Redis 7.0, repl-diskless-load',
    remedy: { directive: 'repl-diskless-load', value: 'on-empty-db' },
  };
};

export const MEMORY_RULES: readonly Rule[] = [
  backlogInMaxmemory,
  datasetBeyondMaxmemory,
  keptSyncFiles,
  dataInMemoryTwice,
];
