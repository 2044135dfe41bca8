import { expect, test } from 'vitest';
import type { Assumptions } from '../report.ts';
import { judge } from './full-resync.ts';
import type { ResyncRun } from './resync-run.ts';

const assumptions: Assumptions = {
  writeBytesPerSecond: 10_000_000,
  outageMs: 30_000,
  datasetBytes: 500_000_000,
  valueBytes: 1_000,
  replicas: 1,
};
const run: ResyncRun = {
  outcome: 'completed',
  upMs: 900,
  tookMs: 1_000,
  peakBufferBytes: 9_000_000,
  streamBytesPerSecond: 10_390_000,
  calmLatencyMs: 1,
  latencyMs: 20,
  stalestMs: 900,
  refusedMs: 100,
  refusals: 'LOADING',
  rounds: 1,
  connections: 1,
  drops: [],
  unheardSeconds: 0,
  otherEnds: [],
};
const settings = {
  isOn: () => true,
  number: (name: string) => (name === 'repl-diskless-sync-delay' ? 5 : 1_048_576),
};
const limit = { hardBytes: 256e6, softBytes: 64e6, softSeconds: 60 };
const context = { assumptions, factor: 0.1, settings, limit };

const ofLoop = (of: ReturnType<typeof judge>) => of.findings[0];

test('what was measured with a tenth of the dataset counts ten times, and the delay once', () => {
  const { behaviours, findings } = judge(run, run, context);
  expect(findings[0]).toMatchObject({ id: 'full-resync-loop', severity: 'ok' });
  expect(behaviours[0]?.after).toBe('15 s');
});

test('a run that ended though the whole dataset’s would not is a risk, by computation', () => {
  const slow = { ...run, upMs: 3_000, tookMs: 3_000 };
  expect(ofLoop(judge(slow, slow, context))).toMatchObject({
    severity: 'risk',
    // 30 s at 10.4 MB/s, twice.
    remedy: { directive: 'client-output-buffer-limit', value: 'replica 595mb 595mb 60' },
  });
});

test('the same over two connections is none: what is written waits on the replica', () => {
  const slow = {
    ...run,
    upMs: 3_000,
    tookMs: 3_000,
    connections: 2,
    peakBufferBytes: 40_000,
  } as const;
  expect(ofLoop(judge(slow, slow, context))?.severity).toBe('ok');
});

test('a loop is broken, and advised what one without a limit came to', () => {
  const loop = { ...run, outcome: 'loop', rounds: 3 } as const;
  const free = { ...run, upMs: 1_000, peakBufferBytes: 20_000_000 };
  const found = judge(loop, free, context);
  expect(ofLoop(found)).toMatchObject({
    severity: 'broken',
    remedy: { value: 'replica 382mb 382mb 60' },
  });
  expect(found.behaviours[0]?.after).toBe('never ends: a loop');
});

test('one that did not end tells what the master said', () => {
  const ends = ['Disconnecting timedout replica (full sync): 127.0.0.1:6379'];
  const unfinished = { ...run, outcome: 'unfinished', otherEnds: ends } as const;
  expect(ofLoop(judge(unfinished, unfinished, context))).toMatchObject({
    id: 'full-resync-unfinished',
    severity: 'risk',
    title: expect.stringContaining('Disconnecting timedout replica'),
  });
});
