import { expect, test } from 'vitest';
import { lossesText } from './losses.ts';

test('every lost write is named, with when it was sent, to whom, and why it is lost', () => {
  const write = { node: 'master', completedAtMs: 1_500, outcome: 'ok' } as const;
  const losses = [
    { write: { ...write, id: 'w7', invokedAtMs: 1_000 }, reason: 'acknowledged 3 ms into a | b' },
    { write: { ...write, id: 'w8', invokedAtMs: 1_001 }, reason: 'no loss was allowed then' },
  ];
  const text = lossesText([
    { file: 'suites/x.test.ts', test: 'a master is cut off', target: 'redis:7.0', losses },
  ]);
  expect(text.split('\n')).toEqual([
    '# Acknowledged writes that were lost',
    '',
    '2 acknowledged writes were lost, in 1 tests that make it happen. Where replication promises to keep a write, losing it fails the test.',
    '',
    '## redis:7.0 suites/x.test.ts: a master is cut off',
    '',
    '| write | sent at | to | lost |',
    '| --- | --- | --- | --- |',
    '| w7 | 1970-01-01T00:00:01.000Z | master | acknowledged 3 ms into a \\| b |',
    '| w8 | 1970-01-01T00:00:01.001Z | master | no loss was allowed then |',
    '',
  ]);
});
