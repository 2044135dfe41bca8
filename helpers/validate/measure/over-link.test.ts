import { expect, test } from 'vitest';
import type { Assumptions } from '../report.ts';
import { judge as judgeCatchingUp, type Load, tooSlow } from './catch-up.ts';
import type { ResyncRun } from './resync-run.ts';
import { timeoutFinding, unheardFor } from './resync-timeout.ts';
import { judge as judgeSteady } from './steady-link.ts';

/** 125 KB/s. */
const slow = { bitsPerSecond: 1_000_000, latencyMs: 20 };
const assumptions: Assumptions = {
  writeBytesPerSecond: 50_000,
  outageMs: 30_000,
  datasetBytes: 500_000_000,
  valueBytes: 1_000,
  replicas: 2,
  link: slow,
};
const run: ResyncRun = {
  outcome: 'completed',
  upMs: 9_000,
  tookMs: 10_000,
  peakBufferBytes: 0,
  streamBytesPerSecond: 52_000,
  calmLatencyMs: 1,
  latencyMs: 1,
  stalestMs: 1,
  refusedMs: 0,
  refusals: '',
  rounds: 1,
  connections: 1,
  drops: [],
  unheardSeconds: 8,
  otherEnds: [],
};
const of = { assumptions, measuredBytes: 1_000_000, timeoutSeconds: 60 };

test('what the kernel of a master takes is what it hears nothing for: of much data 4 MB', () => {
  expect(unheardFor(1_000_000, slow)).toBe(8);
  expect(unheardFor(500_000_000, slow)).toBeCloseTo(33.6, 1);
  expect(unheardFor(500_000_000, undefined)).toBe(0);
});

test('a timeout that all of the data would run into is a risk, by computation', () => {
  expect(timeoutFinding(run, run, of)).toBeUndefined();
  expect(timeoutFinding(run, run, { ...of, timeoutSeconds: 30 })).toMatchObject({
    id: 'resync-timeout',
    severity: 'risk',
    title: expect.stringContaining('would drop it'),
    remedy: { directive: 'repl-timeout', value: '70' },
  });
});

test('a replica that is heard of all the time is not taken for dead, whatever the link', () => {
  const heard = { ...run, unheardSeconds: 1 };
  expect(timeoutFinding(heard, heard, { ...of, timeoutSeconds: 30 })).toBeUndefined();
});

test('dropped once it is a risk, over and over it is broken', () => {
  const drops = ['master: Disconnecting timedout replica (streaming sync): 127.0.0.1:6379'];
  const timeoutSeconds = 5;
  expect(timeoutFinding({ ...run, drops }, run, { ...of, timeoutSeconds })).toMatchObject({
    severity: 'risk',
    title: expect.stringContaining('dropped it once'),
  });
  const noRoom = { ...run, drops: ['master: Disconnecting timedout replica (full sync): a:1'] };
  expect(timeoutFinding(noRoom, run, { ...of, timeoutSeconds })).toMatchObject({
    title: expect.stringContaining('finds no room to write on'),
    remedy: { value: '70' },
  });
  const dropped = { ...run, outcome: 'dropped', drops: [...drops, ...drops] } as const;
  expect(timeoutFinding(dropped, run, { ...of, timeoutSeconds })).toMatchObject({
    severity: 'broken',
    title: expect.stringContaining('it never ends'),
  });
});

const load: Load = {
  link: slow,
  bytesPerSecond: 50_000,
  streamPerSecond: 50_000,
  valueBytes: 1_000,
  share: 1,
};
const caughtUp = { tookMs: 4_000, missedBytes: 225_000, streamPerSecond: 50_000 };

test('what was missed is made up for by what the link has left', () => {
  const { findings, behaviours } = judgeCatchingUp(caughtUp, load, assumptions);
  // 1.5 MB at 75 KB/s, a second to come back, and the latency.
  expect(behaviours[0]).toMatchObject({ id: 'catch-up', after: '21 s', value: 21_020 });
  expect(findings[0]).toMatchObject({ id: 'catch-up', severity: 'ok' });
  const fuller = { ...load, streamPerSecond: 80_000 };
  expect(judgeCatchingUp(caughtUp, fuller, assumptions).findings[0]?.severity).toBe('note');
});

test('what was measured in proportion is told of what was asked for', () => {
  const tenth = { ...load, share: 0.1 };
  const [finding] = tooSlow({ perSecond: 1_000, streamPerSecond: 126_000 }, tenth, {
    ...assumptions,
    writeBytesPerSecond: 2_000_000,
  }).findings;
  expect(finding?.title).toContain('The link carries 1.19 MB/s, and 1.98 MB/s are written');
  expect(finding?.measured[0]?.what).toContain('at 10 % of both rates');
});

test('a WAIT that the link does not bring back in time is a risk', () => {
  const seen = {
    agesMs: [30, 20, 25],
    waitsMs: [22],
    onTheWay: [2_000],
    lagSeconds: 1,
    acknowledgedBy: 2,
  };
  const settings = { number: () => 10 };
  const { findings, behaviours } = judgeSteady(seen, assumptions, settings);
  expect(findings[0]).toMatchObject({ id: 'link-steady', severity: 'ok' });
  expect(behaviours.map(({ after }) => after)).toEqual(['25 ms', '22 ms']);
  const late = judgeSteady({ ...seen, acknowledgedBy: 1 }, assumptions, settings);
  expect(late.findings[0]?.severity).toBe('risk');
  expect(late.behaviours[1]?.after).toBe('never');
});

test('what filled the buffers is as long a silence as there is: nothing is computed then', () => {
  const full = { ...of, measuredBytes: 8_000_000, timeoutSeconds: 30 };
  const seen = { ...run, unheardSeconds: 29 };
  expect(timeoutFinding(seen, seen, full)).toBeUndefined();
  const closer = { ...run, unheardSeconds: 30 };
  expect(timeoutFinding(closer, closer, full)).toMatchObject({ severity: 'risk' });
});
