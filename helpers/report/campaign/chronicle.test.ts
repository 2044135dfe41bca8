import { expect, test } from 'vitest';
import type { Finding } from '../../campaign/record.ts';
import { chronicle, logsAround } from './chronicle.ts';
import { at, cut, event, smallRun } from './testing/small-run.ts';

const finding: Finding = { checker: 'c', verdict: 'correctness', text: 't', atMs: at(10) };

function log(seconds: number, text: string) {
  return { type: 'log', node: 'master', atMs: at(seconds), text } as const;
}

test('everything in the order of time, in words, whatever kind of line it came from', () => {
  const { record } = smallRun({
    faults: [cut('f1', 1, 1), cut('f2', 1, 1)],
    events: [
      event(0, { what: 'phase', phase: 'chaos' }),
      event(1, { what: 'fault', fault: 'f1', effect: 'refused' }),
      event(4, { what: 'heal', fault: 'f1', condition: 'noticed' }),
      event(5, { what: 'passed-over', fault: 'f2', reason: 'the node is down' }),
      event(6, { what: 'promoted', node: 'replica-1' }),
    ],
    resyncs: [
      {
        type: 'resync',
        atMs: at(4.5),
        upstream: 'master',
        replica: 'replica-1',
        kind: 'partial',
        reason: 'in-backlog',
        backlogBytes: 12,
      },
    ],
    troubles: [{ type: 'trouble', atMs: at(3), verdict: 'environment', text: 'no memory' }],
  });
  expect(
    chronicle(record).map(
      ({ atMs, subject, text }) => `${(atMs - at(0)) / 1_000} ${subject}: ${text}`,
    ),
  ).toEqual([
    '0 run: chaos',
    '1 replica-1 → master: f1: cut replica-1 → master, for 1.0 s; seen: refused',
    '3 run: trouble (environment): no memory',
    '4 replica-1 → master: f1 ended; by noticed',
    '4.5 replica-1 → master: partial resync of 12 B: in-backlog',
    '5 replica-1 → master: f2 passed over: cut replica-1 → master, for 1.0 s; the node is down',
    '6 replica-1: promoted',
  ]);
});

test('log lines within 2 s of a finding, and no others', () => {
  const logs = [
    log(7.9, 'before'),
    log(8, 'first'),
    log(10, 'now'),
    log(12, 'last'),
    log(12.1, 'after'),
  ];
  const { lines, leftOut } = logsAround(logs, finding);
  expect(lines.map(({ text }) => text)).toEqual(['first', 'now', 'last']);
  expect(leftOut).toBe(0);
});

test('of very many lines the nearest are kept, in the order of time', () => {
  const logs = Array.from({ length: 100 }, (_, index) => log(9 + index / 50, `line ${index}`));
  const { lines, leftOut } = logsAround(logs, finding);
  expect(leftOut).toBe(60);
  const numbers = lines.map(({ text }) => Number(text.slice('line '.length)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers);
  expect(numbers).toHaveLength(40);
  expect(numbers.every((number) => Math.abs(number - 50) <= 20)).toBe(true);
});

test('a finding without a moment has no lines around it', () => {
  const { atMs: _, ...timeless } = finding;
  expect(logsAround([log(10, 'now')], timeless)).toEqual({ lines: [], leftOut: 0 });
});
