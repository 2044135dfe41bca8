import { expect, test } from 'vitest';
import { ChaosError } from './errors.ts';
import { until } from './until.ts';

test('returns the first accepted value', async () => {
  let calls = 0;
  const seen = await until(
    () => ++calls,
    (value) => value === 3,
    { what: 'three', withinMs: 1_000 },
  );
  expect(seen).toBe(3);
});

test('says what was seen last when the deadline passes', async () => {
  const waiting = until(
    () => ({ state: 'handshake' }),
    () => false,
    { what: 'a connected link', withinMs: 30 },
  );
  await expect(waiting).rejects.toThrow(
    'liveness: waited 30 ms for a connected link; last seen: {"state":"handshake"}',
  );
});

test('a probe that throws counts as not yet, and its error is told', async () => {
  const waiting = until(
    () => Promise.reject(new Error('ECONNREFUSED')),
    () => true,
    { what: 'an answer', withinMs: 30, verdict: 'environment' },
  );
  await expect(waiting).rejects.toThrow(
    'environment: waited 30 ms for an answer; last seen: error: ECONNREFUSED',
  );
});

test('a probe that never settles is given up at the deadline', async () => {
  const waiting = until(
    () => new Promise<never>(() => {}),
    () => true,
    { what: 'a reply', withinMs: 1_000 },
  );
  await expect(waiting).rejects.toThrow('waited 1000 ms for a reply; last seen: error: no answer');
});

test('a ChaosError of the probe ends the wait', async () => {
  const waiting = until(
    () => Promise.reject(new ChaosError('environment', 'the process ended')),
    () => true,
    { what: 'an answer', withinMs: 60_000 },
  );
  await expect(waiting).rejects.toThrow('environment: the process ended');
});
