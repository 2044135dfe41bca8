import { expect, test } from 'vitest';
import type { Finding } from '../../campaign/record.ts';
import { campaignResult, firstLine } from './summary.ts';
import { sampleRun } from './testing/sample-run.ts';
import { at, cut, event, smallRun } from './testing/small-run.ts';

const finding: Finding = { checker: 'c', verdict: 'liveness', text: 'did not converge\ndetails' };

test('numbers are those of the record', () => {
  const run = smallRun({
    faults: [cut('f1', 1, 1), cut('f2', 2, 1)],
    events: [event(1, { what: 'fault', fault: 'f1' })],
    resyncs: (['full', 'partial', 'partial'] as const).map((kind, index) => ({
      type: 'resync',
      atMs: at(index),
      upstream: 'master',
      replica: 'replica-1',
      kind,
      reason: 'r',
      ...(kind === 'partial' ? { backlogBytes: 100 } : {}),
    })),
  });
  expect(campaignResult(run)).toMatchObject({
    verdict: 'pass',
    durationMs: 100_000,
    convergedAfterMs: 40,
    faults: { cut: 1 },
    faultsPassedOver: 1,
    resyncs: { full: 1, partial: 2, partialBytes: 200 },
    nodes: 2,
  });
});

test('the sentence why is of the findings that decided, and counts the others like them', () => {
  const other: Finding = { ...finding, verdict: 'inconclusive', text: 'too little load' };
  const judgement = {
    ...smallRun({}).judgement,
    verdict: 'liveness',
    findings: [other, finding, finding],
  } as const;
  const { why, findings } = campaignResult({ ...smallRun({}), judgement });
  expect(why).toBe('did not converge (and 1 more)');
  expect(findings.map(({ text }) => text)).toEqual([
    'did not converge',
    'did not converge',
    'too little load',
  ]);
});

test('a pass says what it stands on', () => {
  const { why } = campaignResult(sampleRun({ faults: 4 }));
  expect(why).toMatch(
    /^No checker objected: [\d,]+ writes acknowledged under 4 faults, no acknowledged append was lost; all converged 2\.2 s after the last heal\.$/,
  );
});

test('a first line that announces the second is told with it', () => {
  expect(firstLine('it ended. It said:\n  no such directive\nat line 3')).toBe(
    'it ended. It said: no such directive',
  );
  expect(firstLine('it ended.\nIt said more')).toBe('it ended.');
  expect(firstLine('it said:')).toBe('it said:');
});
