import { expect, test } from 'vitest';
import type { Difference } from '../check/dataset.ts';
import { describeDifferences } from './dataset-differences.ts';
import { scriptedCall } from './scripted-call.ts';

const record = (type: string, expiresAtMs?: number) => ({
  type,
  digest: 'd',
  ...(expiresAtMs !== undefined && { expiresAtMs }),
});

const holding = (value: string | null) =>
  scriptedCall({
    INFO: () => Buffer.from('redis_version:6.0.16'),
    GET: () => value && Buffer.from(value),
  });

const at = { db: 9, key: Buffer.from('k') };
const VALUE: Difference = {
  ...at,
  kind: 'value',
  expected: record('string'),
  actual: record('string'),
};

test.each<[string, Difference, string]>([
  ['missing', { ...at, kind: 'missing', expected: record('hash') }, 'db 9 hash "k": missing'],
  ['extra', { ...at, kind: 'extra', actual: record('set') }, 'db 9 set "k": extra'],
  [
    'type',
    { ...at, kind: 'type', expected: record('hash'), actual: record('set') },
    'db 9 hash "k": is a set',
  ],
  [
    'late expiry',
    { ...at, kind: 'expiry', expected: record('set', 1_000), actual: record('set', 3_000) },
    'db 9 set "k": expires at 3000 ms, expected 1000 ms: 2000 ms late',
  ],
  [
    'lost expiry',
    { ...at, kind: 'expiry', expected: record('set', 1_000), actual: record('set') },
    'db 9 set "k": never expires, expected expiry at 1000 ms',
  ],
  ['value', VALUE, 'db 9 string "k": value is "b", expected "a"'],
])('%s', async (_name, difference, line) => {
  expect(await describeDifferences([difference], holding('a').call, holding('b').call)).toEqual([
    line,
  ]);
});

test('a value is read again from its database, which is left afterwards', async () => {
  const [expected, actual] = [holding('a'), holding('b')];
  await describeDifferences([VALUE], expected.call, actual.call);
  expect(actual.sent.slice(-3)).toEqual(['select 9', 'GET k', 'select 0']);
});

test('says so when the difference is not there any more', async () => {
  expect(await describeDifferences([VALUE], holding('a').call, holding('a').call)).toEqual([
    'db 9 string "k": differed, but is equal now: it is still written to',
  ]);
  expect(await describeDifferences([VALUE], holding('a').call, holding(null).call)).toEqual([
    'db 9 string "k": differed, but is gone now from the actual data',
  ]);
});

test('describes the first ones and counts the rest', async () => {
  const differences = Array<Difference>(7).fill(VALUE);
  const describe = (limit?: number) =>
    describeDifferences(differences, holding('a').call, holding('b').call, {
      ...(limit !== undefined && { limit }),
    });
  expect((await describe()).slice(-2)).toEqual([
    'db 9 string "k": value is "b", expected "a"',
    'and 2 more differences',
  ]);
  expect(await describe(6)).toHaveLength(7);
  expect(await describe(7)).not.toContain('and 0 more differences');
});
