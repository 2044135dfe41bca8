import { expect, test } from 'vitest';
import type { Progress } from '../../campaign/run/progress.ts';
import { progressLine, renderProgress } from './progress.ts';
import { cut } from './testing/small-run.ts';

const nodes = [
  { name: 'master', config: {} },
  { name: 'replica-1', replicaOf: 'master', config: {} },
  { name: 'sub-1', replicaOf: 'replica-1', config: {} },
  { name: 'replica-2', replicaOf: 'master', config: {} },
];

const TERMINAL = { columns: 90, rows: 24 };

const progress: Progress = {
  phase: 'chaos',
  elapsedMs: 15_000,
  totalMs: 60_000,
  nodes: [
    { name: 'master', state: 'answers', role: 'master', offset: 1_234_567, lagBytes: 0 },
    {
      name: 'replica-1',
      state: 'answers',
      role: 'replica',
      offset: 1_200_000,
      lagBytes: 34_567,
      link: 'down',
    },
    { name: 'replica-2', state: 'paused' },
    {
      name: 'sub-1',
      state: 'answers',
      role: 'replica',
      offset: 9,
      lagBytes: 0,
      link: 'down',
      syncInProgress: true,
    },
  ],
  faultsInForce: [cut('f3', 1, 1)],
  operations: { ok: 12_345, failed: 6, unknown: 7 },
  resyncs: { full: 2, partial: 1_003 },
  troubles: 0,
};

test('a terminal shows how far it is, every node below its upstream, and what is in force', () => {
  expect(renderProgress(progress, TERMINAL, { nodes })).toEqual([
    'chaos  15.0 s of 1 min 00 s  ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░',
    '',
    '● master       master         1,234,567',
    '●   replica-1  replica        1,200,000  lag 34 KB    link down  !',
    '●     sub-1    replica                9  lag 0 B      full resync',
    '‖   replica-2  paused                 –',
    '',
    '1 fault in force',
    '  f3 cut: replica-1 → master',
    '',
    '12,345 ok, 6 failed, 7 unknown',
    '2 full and 1,003 partial resyncs',
    'no trouble so far',
  ]);
});

test.for([1, 12, 40])('no line is wider than %d columns', (width) => {
  const lines = renderProgress(progress, { columns: width, rows: 24 }, { nodes });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
});

test('60 columns are enough to see what is wrong with a node', () => {
  const lines = renderProgress(progress, { columns: 60, rows: 24 }, { nodes });
  expect(lines.slice(2, 6)).toEqual([
    '● master      master   1,234,567',
    '●   replica-1 replica  1,200,000 lag 34 KB   link down !',
    '●     sub-1   replica          9 lag 0 B     full resync',
    '‖   replica-2 paused           –',
  ]);
});

test.for([1, 5, 9, 12, 14, 24])('there are no more lines than %d rows', (rows) => {
  const faultsInForce = Array.from({ length: 20 }, (_, index) => cut(`f${index}`, 1, 1));
  const lines = renderProgress({ ...progress, faultsInForce }, { columns: 80, rows }, { nodes });
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(lines[0]).toMatch(/^chaos/);
  if (rows >= 10) expect(lines.at(-1)).toBe('no trouble so far');
});

test('a run that is over is not told to be of 0 ms', () => {
  const over: Progress = {
    ...progress,
    phase: 'over',
    elapsedMs: 0,
    totalMs: 0,
    faultsInForce: [],
  };
  expect(renderProgress(over, TERMINAL, { nodes })[0]).toBe('over');
  expect(renderProgress(over, { columns: 60, rows: 6 }, { nodes })).not.toContain('  and 0 more');
  expect(progressLine(over)).toMatch(/^over: 0 faults in force; /);
});

test('nodes that replicate each other, or a node that is not shown, are all there', () => {
  const ring = [
    { name: 'master', replicaOf: 'replica-1', config: {} },
    { name: 'replica-1', replicaOf: 'master', config: {} },
    { name: 'sub-1', replicaOf: 'somebody', config: {} },
  ];
  const lines = renderProgress({ ...progress, faultsInForce: [] }, TERMINAL, { nodes: ring });
  const shown = lines.flatMap((line) => /^[●‖] +(\S+)/.exec(line)?.[1] ?? []);
  expect(shown.toSorted()).toEqual(['master', 'replica-1', 'replica-2', 'sub-1']);
});

test('many faults are counted, the first are named', () => {
  const faultsInForce = Array.from({ length: 20 }, (_, index) => cut(`f${index}`, 1, 1));
  const lines = renderProgress({ ...progress, faultsInForce }, TERMINAL, { nodes });
  expect(lines).toContain('20 faults in force');
  expect(lines).toContain('  and 12 more');
});

test('where lines stay, one says it all', () => {
  expect(progressLine({ ...progress, troubles: 2 })).toBe(
    'chaos 15.0 s of 1 min 00 s: 1 fault in force; replica-2 paused; lag up to 34 KB; 12,345 ok, 6 failed, 7 unknown; 2 full and 1,003 partial resyncs; 2 troubles',
  );
});
