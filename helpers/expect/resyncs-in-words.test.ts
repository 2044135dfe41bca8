import { expect, test } from 'vitest';
import type { ResyncEvent } from '../observe/resync.ts';
import { resyncsInWords } from './resyncs-in-words.ts';

const full: ResyncEvent = {
  kind: 'full',
  connections: 1,
  reason: 'lack-of-backlog',
  replicaPort: 7002,
  boot: 1,
  readAtMs: 1,
  asked: {},
  evidence: ['Replica asks', 'Unable to partial resync'],
};
const overLimit: ResyncEvent = {
  ...full,
  ending: { by: 'output-limit', phase: 'transfer', evidence: ['Client over limit', 'lost'] },
};

test('each resync with its evidence', () => {
  const partial: ResyncEvent = {
    ...full,
    kind: 'partial',
    reason: 'in-backlog',
    backlogBytes: 9,
    evidence: ['accepted'],
  };
  expect(resyncsInWords([overLimit, partial]).split('\n')).toEqual([
    "- full (lack-of-backlog), by the upstream's log:",
    '    Replica asks',
    '    Unable to partial resync',
    '    Client over limit',
    '    lost',
    "- partial (in-backlog, 9 bytes), by the upstream's log:",
    '    accepted',
  ]);
});

test('a loop is named before its rounds', () => {
  const [first, second] = resyncsInWords([overLimit, overLimit, overLimit, full]).split('\n');

  expect(first).toMatch(/^full-resync loop: 3 full resyncs in a row/);
  expect(second).toMatch(/^- full/);
});
