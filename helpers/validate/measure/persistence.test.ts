import { expect, test } from 'vitest';
import { lossWindow } from './persistence.ts';

const of = (more: Partial<Parameters<typeof lossWindow>[0]>) => ({
  isAppending: false,
  fsync: 'everysec',
  save: '',
  ...more,
});

test('an append-only file loses what was not synced', () => {
  expect(lossWindow(of({ isAppending: true, fsync: 'always' }), 100).ms).toBe(0);
  expect(lossWindow(of({ isAppending: true }), 100).ms).toBe(2_000);
  expect(lossWindow(of({ isAppending: true, fsync: 'no', save: '60 1' }), 100).ms).toBe(30_000);
});

test('an RDB loses what was written since the save point that comes first at this rate', () => {
  const save = '3600 1 300 100 60 10000';
  expect(lossWindow(of({ save }), 1_000).ms).toBe(60_000);
  expect(lossWindow(of({ save }), 100).ms).toBe(100_000);
  expect(lossWindow(of({ save }), 1).ms).toBe(300_000);
});

test('without either all is lost', () => {
  expect(lossWindow(of({}), 1).ms).toBe(Number.POSITIVE_INFINITY);
});
