import { expect, test } from 'vitest';
import type { Assumptions } from '../report.ts';
import { judge } from './margin.ts';

const MB = 1_048_576;
const assumptions: Assumptions = {
  writeBytesPerSecond: 2_000_000,
  outageMs: 30_000,
  datasetBytes: 500_000_000,
  valueBytes: 1_000,
  replicas: 2,
};
const edgeOf = (sizeBytes: number) => ({
  sizeBytes,
  isScaled: false,
  measuredBytes: sizeBytes + 9_000,
  predictedBytes: sizeBytes + 10_000,
  partialAfterBytes: sizeBytes - 1_000,
  fullAfterBytes: sizeBytes + 11_000,
});

test.each([
  [MB, 'risk', '77mb'],
  // 64.4 MB are written in half a minute and the second until the replica is back.
  [61 * MB, 'risk', '77mb'],
  [62 * MB, 'note', '77mb'],
  [77 * MB, 'ok', undefined],
] as const)('a backlog of %i bytes: %s', (sizeBytes, severity, value) => {
  const [finding] = judge(edgeOf(sizeBytes), assumptions).findings;
  expect(finding?.severity).toBe(severity);
  expect(finding?.remedy?.value).toBe(value);
});

test('what is advised has to hold the stream, not the values alone', () => {
  const small = { ...assumptions, valueBytes: 10 };
  const [finding] = judge(edgeOf(MB), small).findings;
  // SET, its key and their lengths are 38 bytes more for every 10.
  expect(finding?.remedy?.value).toBe('348mb');
  expect(finding?.measured).toContainEqual(expect.objectContaining({ value: 4.7 }));
});

test('the second that a replica takes to come back counts even without an outage', () => {
  const [finding] = judge(edgeOf(MB), { ...assumptions, outageMs: 0 }).findings;
  expect(finding?.severity).toBe('risk');
});
