import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../deployment/driver.ts';
import { ServerLog } from '../../deployment/server-log.ts';
import { ChaosError } from '../../errors.ts';
import { vigil } from './vigil.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a vigil tells while `doings` are done, one before each of its looks, 50 ms apart. */
function toldDuring(
  doings: readonly ((world: {
    server: { exit?: Server['exit']; log: ServerLog };
    driver: { gone: ChaosError | undefined };
    standStill: (ms: number) => void;
    expectEnd: () => void;
  }) => void)[],
): string[] {
  const told: string[] = [];
  let nowMs = 0;
  let isExpected = false;
  const server: { exit?: Server['exit']; log: ServerLog } = { log: new ServerLog() };
  const driver: { gone: ChaosError | undefined } = { gone: undefined };
  using _vigil = vigil({
    driver,
    instances: [{ name: 'replica-1', server: server as Server }],
    hasEnded: () => isExpected,
    recorder: {
      event: ({ what }) => told.push(what),
      trouble: (verdict, text) => told.push(`${verdict}: ${text}`),
    },
    clock: () => nowMs,
    onGone: () => told.push('stop'),
  });
  for (const doing of doings) {
    doing({
      server,
      driver,
      standStill: (ms) => {
        nowMs += ms;
      },
      expectEnd: () => {
        isExpected = true;
      },
    });
    nowMs += 50;
    vi.advanceTimersByTime(50);
  }
  return told;
}

test('a harness that stands still for more than 2 s says so', () => {
  expect(toldDuring([({ standStill }) => standStill(1_900)])).toEqual([]);
  expect(toldDuring([({ standStill }) => standStill(2_100)])).toEqual([
    'environment: the harness stood still for 2100 ms: the machine is overloaded, or was suspended',
  ]);
});

test('a server that ends unasked is told once, with its last words', () => {
  const told = toldDuring([
    ({ server }) => {
      server.log.add('Guru Meditation');
      server.exit = { code: null, signal: 'SIGSEGV' };
    },
    () => {},
  ]);
  expect(told).toEqual([
    'ended',
    'correctness: replica-1 ended by itself (SIGSEGV): Guru Meditation',
  ]);
});

test('one that was told to end is not', () => {
  const told = toldDuring([
    ({ server, expectEnd }) => {
      expectEnd();
      server.exit = { code: 0, signal: null };
    },
  ]);
  expect(told).toEqual([]);
});

test('a dead driver stops the run, and no server is blamed', () => {
  const told = toldDuring([
    ({ server, driver }) => {
      driver.gone = new ChaosError('environment', 'the engine is gone');
      server.exit = { code: null, signal: 'lost' };
    },
    () => {},
  ]);
  expect(told).toEqual(['environment: environment: the engine is gone', 'stop']);
});
