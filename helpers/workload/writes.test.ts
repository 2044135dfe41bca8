import { expect, test } from 'vitest';
import type { Call } from '../observe/call.ts';
import { replyError } from '../observe/scripted-call.ts';
import { seeded } from '../random.ts';
import { until } from '../until.ts';
import { outcomeOfError } from './outcome.ts';
import { type WriteMix, writesOf } from './write-kinds.ts';
import { type WriteLoadOptions, writeLoad } from './writes.ts';

const OK = Buffer.from('OK');
const timedOut = () => Promise.reject(new Error('Command timed out'));
const refused = () => Promise.reject(replyError('READONLY You can not write'));

/** Runs a load until it has issued some writes, and gives its counts. */
async function run(answer: Call, options: Partial<WriteLoadOptions> = {}, writes = 50) {
  const sent: string[] = [];
  const call: Call = async (command, ...args) => {
    sent.push(command);
    // An answer takes a turn of the event loop, as a server's would.
    await new Promise(setImmediate);
    return answer(command, ...args);
  };
  const load = writeLoad(call, { seed: 1, inFlight: 4, ...options });
  await until(
    () => load.counts.issued,
    (issued) => issued >= writes,
    { what: `${writes} writes`, withinMs: 5_000 },
  );
  return { sent, ...(await load.stop()) };
}

test.each<[string, Call, 'ok' | 'failed' | 'unknown']>([
  ['a reply', async () => OK, 'ok'],
  ['an error reply', refused, 'failed'],
  ['a timeout', timedOut, 'unknown'],
])('%s makes every write count as it is', async (_name, answer, outcome) => {
  const result = await run(answer);
  expect(result[outcome]).toBe(result.issued);
  expect(result.ok + result.failed + result.unknown).toBe(result.issued);
  expect(result.seed).toBe(1);
});

test('the last error is told', async () => {
  expect((await run(refused)).lastError).toBe('READONLY You can not write');
  expect(await run(async () => OK)).not.toHaveProperty('lastError');
});

test.each<[string, Readonly<Record<string, () => Promise<never>>>, 'failed' | 'unknown']>([
  ['EXEC is refused', { EXEC: refused }, 'failed'],
  ['EXEC times out', { EXEC: timedOut }, 'unknown'],
  [
    'MULTI and so EXEC are refused, but not what is between',
    { MULTI: refused, EXEC: refused },
    'unknown',
  ],
  ['SELECT fails', { select: refused }, 'unknown'],
])('a transaction of which %s', async (_name, failures, outcome) => {
  const answer: Call = async (command) => failures[command]?.() ?? OK;
  const result = await run(answer, { mix: { transaction: 1 } });
  expect(result[outcome]).toBe(result.issued);
});

test('a transaction is sent in one go, after its SELECT', async () => {
  const { sent } = await run(async () => OK, { mix: { transaction: 1 } });
  const between = sent.join(' ').split('select MULTI').slice(1);
  for (const commands of between) expect(commands).toMatch(/^( (?!MULTI|EXEC)[A-Z]+){2,5} EXEC ?$/);
});

test('a rate is kept, within what the machine delays', async () => {
  const startedAt = performance.now();
  const { issued } = await run(async () => OK, { ratePerSecond: 200 }, 60);
  const elapsedMs = performance.now() - startedAt;
  expect(issued).toBeLessThanOrEqual(elapsedMs / 5 + 2);
});

test('stop does not wait for the turn of a slow load', async () => {
  const load = writeLoad(async () => OK, { seed: 1, ratePerSecond: 0.01 });
  await until(
    () => load.counts.ok,
    (ok) => ok === 1,
    { what: 'the first write', withinMs: 10_000 },
  );
  // The next turn is 100 s away: longer than a test may take.
  expect((await load.stop()).issued).toBe(1);
});

test('a rate that is none is refused', () => {
  expect(() => writeLoad(async () => OK, { seed: 1, ratePerSecond: 0 })).toThrow(
    'misuse: ratePerSecond must be more than 0, got 0',
  );
});

test('the seed determines the writes, the mix their kinds', () => {
  const draw = (seed: number, mix: WriteMix) => {
    const next = writesOf(seeded(seed), mix, { databases: [0, 9], keys: 5 });
    return Array.from({ length: 40 }, next);
  };
  const mix = { hset: 1, zincrby: 2 };
  expect(draw(1, mix)).toEqual(draw(1, mix));
  expect(draw(1, mix)).not.toEqual(draw(2, mix));
  expect(new Set(draw(1, mix).map(({ kind }) => kind))).toEqual(new Set(['hset', 'zincrby']));
  expect(new Set(draw(1, mix).map(({ db }) => db))).toEqual(new Set([0, 9]));
});

test.each([
  [replyError('LOADING Redis is loading the dataset in memory'), 'failed'],
  [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'failed'],
  [new Error('Connection is closed.'), 'unknown'],
  [new Error('Command timed out'), 'unknown'],
  ['no error at all', 'unknown'],
])('%s: %s', (thrown, outcome) => {
  expect(outcomeOfError(thrown)).toBe(outcome);
});
