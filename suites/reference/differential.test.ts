import { expect } from 'vitest';
import { useClock } from '../../fixtures/reference/testing/differential/chance.ts';
import { compareServers } from '../../fixtures/reference/testing/differential/differential.ts';
import { describeFinding } from '../../fixtures/reference/testing/differential/report.ts';
import { test } from './session.ts';

const COMMANDS = 5_000;

useClock(() => Date.now());

test('the reference answers random commands as Redis 7.0 does, byte for byte', async ({
  session,
  redis,
  seed,
}) => {
  const outcome = await compareServers(session, redis, {
    seed,
    commands: COMMANDS,
    maxFindings: 3,
  });
  expect(outcome.findings.map(describeFinding).join('\n\n')).toBe('');
  expect(outcome.missing).toEqual([]);
  expect(outcome.played).toBeGreaterThanOrEqual(COMMANDS);
});

test('a difference is found, and shrunk to the commands that show it', async ({
  session,
  redis,
}) => {
  const { findings } = await compareServers(session, redis, {
    seed: 1,
    commands: COMMANDS,
    maxFindings: 1,
    only: new Set(['SET', 'OBJECT']),
    referenceOptions: { 'maxmemory-policy': 'allkeys-lfu' },
  });
  const [finding] = findings;
  expect(finding?.difference.command?.slice(0, 2).map((word) => word.toUpperCase())).toEqual([
    'OBJECT',
    expect.stringMatching(/^(FREQ|IDLETIME)$/),
  ]);
  expect(finding?.commands.map(([name]) => name?.toUpperCase())).toEqual(['SET', 'OBJECT']);
});
