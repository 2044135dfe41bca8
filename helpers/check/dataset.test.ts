import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDatasets, type Dataset, type KeyRecord, nameOf } from './dataset.ts';

const NOW_MS = 1_000_000;

function dataset(
  keys: Readonly<Record<string, KeyRecord>>,
  facts: Partial<Dataset> & { db?: number } = {},
): Dataset {
  const { db, ...rest } = facts;
  return {
    databases: new Map([[db ?? 0, new Map(Object.entries(keys))]]),
    expiryPrecisionMs: 0,
    readUntilMs: NOW_MS,
    changesWhileReading: 0,
    dumped: new Map(),
    ...rest,
  };
}

const a: KeyRecord = { type: 'string', digest: 'a' };
const b: KeyRecord = { type: 'string', digest: 'b' };
const list: KeyRecord = { type: 'list', digest: 'a' };
const expiring = (expiresAtMs: number): KeyRecord => ({ ...a, expiresAtMs });
const kinds = (one: Dataset, other: Dataset, expiryToleranceMs = 0) =>
  compareDatasets(one, other, { expiryToleranceMs }).differences.map(({ kind }) => kind);

test.each<[string, KeyRecord | undefined, KeyRecord | undefined, string[]]>([
  ['equal records', a, { ...a }, []],
  ['a key that is not there', a, undefined, ['missing']],
  ['a key that should not be there', undefined, a, ['extra']],
  ['another type', a, list, ['type']],
  ['another value', a, b, ['value']],
  ['an expiry 1 ms later', expiring(NOW_MS + 5), expiring(NOW_MS + 6), ['expiry']],
  ['an expiry lost', expiring(NOW_MS + 5), a, ['expiry']],
  ['an expiry gained', a, expiring(NOW_MS + 5), ['expiry']],
  ['value and expiry', expiring(NOW_MS + 5), b, ['value', 'expiry']],
  ['a key that has expired and is gone', expiring(NOW_MS), undefined, []],
  ['a key that has expired and is still there', undefined, expiring(NOW_MS), []],
])('%s', (_name, one, other, expected) => {
  const side = (record: KeyRecord | undefined) =>
    dataset(record === undefined ? {} : { k: record });
  expect(kinds(side(one), side(other))).toEqual(expected);
});

test('a key of another database is both missing and extra', () => {
  const { differences } = compareDatasets(
    dataset({ k: a }, { db: 9 }),
    dataset({ k: a }, { db: 11 }),
  );
  expect(differences.map(({ kind, db }) => [kind, db])).toEqual([
    ['missing', 9],
    ['extra', 11],
  ]);
});

test('what expires until the later reading ended is not compared', () => {
  const late = dataset({}, { readUntilMs: NOW_MS + 10 });
  expect(kinds(dataset({ k: expiring(NOW_MS + 10) }), late)).toEqual([]);
  expect(kinds(dataset({ k: expiring(NOW_MS + 11) }), late)).toEqual(['missing']);
});

test('times of expiry are compared within precision and tolerance, and that is said', () => {
  const one = dataset({ k: expiring(NOW_MS + 500) });
  const other = dataset({ k: expiring(NOW_MS + 507) }, { expiryPrecisionMs: 4 });
  expect(kinds(one, other)).toEqual(['expiry']);
  expect(kinds(one, other, 3)).toEqual([]);
  expect(compareDatasets(one, other).limits).toEqual(['times of expiry may be 4 ms apart']);
});

test('an aspect is compared where both sides tell it; where not, that is said', () => {
  const counted = (digest: string): KeyRecord => ({ ...a, finer: { 'field expiry': digest } });
  expect(kinds(dataset({ k: counted('x') }), dataset({ k: counted('y') }))).toEqual(['value']);
  const comparison = compareDatasets(dataset({ k: counted('x') }), dataset({ k: a }));
  expect(comparison.differences).toEqual([]);
  expect(comparison.limits).toEqual([
    '1 keys are compared without field expiry, which not both servers report and replicate',
  ]);
});

test('says what changed during the reading and what was compared by its dump', () => {
  const changing = dataset({}, { changesWhileReading: 3, dumped: new Map([['bloom', 2]]) });
  expect(compareDatasets(dataset({}), changing).limits).toEqual([
    "the actual data changed while it was read (3 by the server's count)",
    '2 actual keys of type bloom are compared by their DUMP payload',
  ]);
});

test('differences come by database and key, with keys named safely', () => {
  const { differences } = compareDatasets(dataset({ b: a, a, '\xff': list }), dataset({}));
  expect(differences.map(nameOf)).toEqual([
    'db 0 string "a"',
    'db 0 string "b"',
    'db 0 list "\\xff"',
  ]);
});

test('every dataset is equal to itself', () => {
  const record = fc.record(
    { type: fc.constantFrom('string', 'hash'), digest: fc.string(), expiresAtMs: fc.nat() },
    { requiredKeys: ['type', 'digest'] },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), record), (keys) => {
      expect(compareDatasets(dataset(keys), dataset({ ...keys })).differences).toEqual([]);
    }),
  );
});
