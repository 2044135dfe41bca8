import { expect, test } from 'vitest';
import { overruns, peakBytes, scaled } from './resync-model.ts';

const limit = { hardBytes: 256e6, softBytes: 64e6, softSeconds: 60 };

test('what waits is what is written until the replica takes it', () => {
  expect(peakBytes({ transferMs: 10_000, streamBytesPerSecond: 5e6 })).toBe(50e6);
});

test('beyond the hard limit it ends at once', () => {
  const load = { transferMs: 40_000, streamBytesPerSecond: 10e6 };
  expect(overruns(load, limit, 1e6)).toEqual({ by: 'hard', peakBytes: 400e6 });
  expect(overruns({ ...load, transferMs: 6_000 }, limit, 1e6)).toBeUndefined();
  expect(overruns(load, { ...limit, hardBytes: 0, softBytes: 0 }, 1e6)).toBeUndefined();
});

test('no hard limit is below the backlog', () => {
  const load = { transferMs: 40_000, streamBytesPerSecond: 10e6 };
  expect(overruns(load, { ...limit, softBytes: 0 }, 500e6)).toBeUndefined();
});

test('beyond the soft limit it ends after its seconds: while it fills, and while the link drains it', () => {
  // 64 MB after 64 s, 100 MB after 100 s: 36 s beyond it, and 36 s more to drain at 1 MB/s.
  const load = { transferMs: 100_000, streamBytesPerSecond: 1e6 };
  expect(overruns(load, limit, 1e6)).toBeUndefined();
  expect(overruns({ ...load, linkBytesPerSecond: 2e6 }, limit, 1e6)).toMatchObject({ by: 'soft' });
  expect(overruns({ ...load, linkBytesPerSecond: 1e6 }, limit, 1e6)).toMatchObject({ by: 'soft' });
});

test('an experiment a tenth as large has a tenth of the limits', () => {
  expect(scaled(limit, 0.1)).toEqual({ hardBytes: 25.6e6, softBytes: 6.4e6, softSeconds: 6 });
  expect(scaled({ hardBytes: 0, softBytes: 0, softSeconds: 0 }, 0.1)).toEqual({
    hardBytes: 0,
    softBytes: 0,
    softSeconds: 0,
  });
});
