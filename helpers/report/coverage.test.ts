import { glob, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { GAPS, SCENARIOS } from '../../fixtures/scenarios.ts';
import { coverageOf, coverageTable } from './coverage.ts';
import { type Judged, tally, verdictOf } from './verdicts.ts';

const scenarios = { P1: 'breaks', P2: 'masters', N3: 'cuts', S1: 'quorum' };
const noGaps = { untested: {}, partly: {} };

function judged(
  test: string,
  target: string,
  verdict: Judged['verdict'] = 'pass',
  reason?: string,
): Judged {
  return { file: 'suites/a.test.ts', test, target, verdict, ...(reason ? { reason } : {}) };
}

/** What the table says behind its rows. */
function behindRows(verdicts: readonly Judged[], gaps = noGaps): string[] {
  const lines = coverageTable(coverageOf(scenarios, verdicts), gaps).split('\n');
  return lines.slice(lines.indexOf('') + 1);
}

test('a row for each test that names a scenario, and the scenarios that none names', () => {
  const verdicts = [
    judged('a short | cut [P1] [N3]', 'redis:8.0'),
    judged('a short | cut [P1] [N3]', 'reference', 'liveness'),
    judged('a long cut [P1]', 'valkey:9.1'),
    judged('a long cut [P1]', 'redis:8.0'),
    judged('of no scenario', 'redis:8.0'),
    { ...judged('a name like this [P2]', 'unit'), file: 'helpers/a.test.ts' },
  ];
  const gaps = { untested: { S1: 'needs a Sentinel' }, partly: {} };
  expect(coverageTable(coverageOf(scenarios, verdicts), gaps).split('\n')).toEqual([
    '| id | test | verdicts |',
    '| --- | --- | --- |',
    '| P1 | suites/a.test.ts: a short \\| cut | pass: redis:8.0; liveness: reference |',
    '| P1 | suites/a.test.ts: a long cut | pass: redis:8.0, valkey:9.1 |',
    '| N3 | suites/a.test.ts: a short \\| cut | pass: redis:8.0; liveness: reference |',
    '',
    '2 of 4 scenarios were tested.',
    '',
    'Not in this run: P2.',
    '',
    'Without a test:',
    '',
    '- S1, quorum: needs a Sentinel',
  ]);
});

test('only what passed or failed on some target is tested: the rest is listed with the reasons', () => {
  const verdicts = [
    judged('a cut [P1]', 'redis:8.0', 'skipped', 'needs scripts'),
    judged('a cut [P1]', 'reference', 'correctness', 'expected 1 to be 2'),
    judged('a move [P2]', 'redis:8.0', 'skipped', 'needs scripts'),
    judged('a move [P2]', 'redis:6.0', 'skipped', 'needs scripts'),
    judged('another [P2]', 'reference', 'skipped', 'needs functions'),
    judged('bytes [N3]', 'reference', 'skipped', 'needs a disk'),
    judged('bytes [N3]', 'redis:8.0', 'inconclusive', 'inconclusive: waited\nlast seen: nothing'),
    judged('a vote [S1]', 'redis:8.0', 'environment', 'environment: no port'),
  ];
  expect(behindRows(verdicts)).toEqual([
    '1 of 4 scenarios were tested.',
    '',
    'Skipped, and nothing else:',
    '',
    '- P2, masters: needs scripts (redis:6.0, redis:8.0); needs functions (reference)',
    '',
    'Inconclusive at best:',
    '',
    '- N3, cuts: needs a disk (reference); inconclusive: waited (redis:8.0)',
    '',
    'Not judged, as something else failed:',
    '',
    '- S1, quorum: environment: no port (redis:8.0)',
  ]);
});

test('what a run was told to leave out is not in it', () => {
  const verdicts = [
    judged('a cut [P1]', 'redis:8.0'),
    judged('a move [P2]', 'redis:8.0', 'skipped'),
  ];
  expect(behindRows(verdicts)).toEqual([
    '1 of 4 scenarios were tested.',
    '',
    'Not in this run: P2, N3, S1.',
  ]);
});

test('a scenario that is covered in part, and a target whose version is not known, are told', () => {
  const note = 'its version is not known';
  const verdicts = [
    { ...judged('a cut [P1]', 'redis:latest'), note },
    { ...judged('a move [P2] [N3] [S1]', 'redis:latest'), note },
  ];
  expect(behindRows(verdicts, { untested: {}, partly: { N3: 'not in its header' } })).toEqual([
    '4 of 4 scenarios were tested.',
    '',
    'Covered in part:',
    '',
    '- N3, cuts: not in its header',
    '',
    'Of targets:',
    '',
    '- redis:latest: its version is not known',
  ]);
});

test('a test that names what is not in the catalogue is named', () => {
  expect(() => coverageOf(scenarios, [judged('a cut [P9]', 'redis:8.0')])).toThrow(
    'suites/a.test.ts names P9 in "a cut [P9]": it is not in the catalogue',
  );
});

test('every scenario of the catalogue has a test in the suites or a reason for having none', async () => {
  const sources = await Array.fromAsync(glob('suites/**/*.test.ts'), (file) =>
    readFile(file, 'utf8'),
  );
  const named = new Set(
    sources.flatMap((source) => [...source.matchAll(/['[]([A-Z]\d+)['\]]/g)].map(([, id]) => id)),
  );
  const ids = Object.keys(SCENARIOS);
  expect([...named].filter((id) => id === undefined || !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => !named.has(id)).sort()).toEqual(Object.keys(GAPS.untested).sort());
  expect(Object.keys(GAPS.partly).filter((id) => !named.has(id))).toEqual([]);
});

test('what failed is listed with all that it said, before the count', () => {
  const said = 'liveness: waited\nlast seen: nothing';
  expect(
    tally([
      judged('cuts', 'redis:8.0'),
      { ...judged('heals', 'reference', 'liveness'), reason: said },
      { ...judged('counts', 'reference', 'correctness'), reason: 'expected 1 to be 2' },
      { ...judged('saves', 'redis:8.0', 'skipped'), reason: 'no disk' },
    ]).split('\n'),
  ).toEqual([
    'FAILED reference suites/a.test.ts: heals',
    '  liveness: waited',
    '  last seen: nothing',
    'FAILED reference suites/a.test.ts: counts',
    '  correctness: expected 1 to be 2',
    '1 skipped',
    '1 passed, 2 failed',
  ]);
});

test.for([
  ['AssertionError', 'liveness: waited', 'liveness'],
  ['ChaosError', 'inconclusive: no effect', 'inconclusive'],
  ['AssertionError', 'expected 1 to be 2', 'correctness'],
  ['Error', 'socket hang up', 'environment'],
] as const)('%s, %s', ([name, message, verdict]) => {
  expect(verdictOf(name, message)).toBe(verdict);
});
