import { expect, test } from 'vitest';
import { attemptsToConnect } from './attempts.ts';
import { parseLogLine } from './log.ts';

const parsed = (lines: readonly string[], boot: number) =>
  lines.map((line) => parseLogLine(line, boot, 0));

test('attempts are told apart from what else is logged, by the time the replica gives them', () => {
  const log = parsed(
    [
      '7:S 22 Nov 2026 05:31:19.506 * Connecting to MASTER 127.0.0.1:18120',
      '7:S 22 Nov 2026 05:31:19.506 * MASTER <-> REPLICA sync started',
      '7:S 22 Nov 2026 05:31:19.507 * Non blocking connect for SYNC fired the event.',
      '7:S 22 Nov 2026 05:31:22.697 # Timeout connecting to the PRIMARY...',
      '7:S 22 Nov 2026 05:31:22.697 * PRIMARY <-> REPLICA sync started',
    ],
    1,
  );
  const [first = 0, second = 0, ...more] = attemptsToConnect(log, 1);
  expect(second - first).toBe(3_191);
  expect(more).toEqual([]);
});

test('attempts of an earlier start of the process are left out', () => {
  const line = '7:S 22 Nov 2026 05:31:19.506 * MASTER <-> REPLICA sync started';
  expect(attemptsToConnect(parsed([line], 1), 2)).toEqual([]);
});
