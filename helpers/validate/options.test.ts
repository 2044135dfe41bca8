import { expect, test } from 'vitest';
import { ChaosError } from '../errors.ts';
import { exitCodeOf, exitCodeOfFailure } from './exit-code.ts';
import { parseCommandLine, USAGE } from './options.ts';
import type { ValidationReport } from './report.ts';
import { ASSUMPTIONS } from './validate.ts';

test('a configuration alone: everything else has a default', () => {
  expect(parseCommandLine(['--config', 'a.conf'])).toEqual({
    config: 'a.conf',
    baseline: undefined,
    image: undefined,
    server: undefined,
    assumptions: ASSUMPTIONS,
    formats: ['html', 'md', 'json', 'junit'],
    out: 'artifacts/validate',
    failOn: 'risk',
    budgetMs: undefined,
  });
});

test('every option', () => {
  const line =
    '--config=new.conf --baseline old.conf --image redis:8.0 --write-rate 1mb/s --outage 1m --dataset 10mb --value-size 100 --replicas 3 --link 100mbit,20ms --failover sentinel --format json,md --out x --fail-on never --budget 3m';
  expect(parseCommandLine(line.split(' '))).toEqual({
    config: 'new.conf',
    baseline: 'old.conf',
    image: 'redis:8.0',
    server: undefined,
    assumptions: {
      writeBytesPerSecond: 1024 ** 2,
      outageMs: 60_000,
      datasetBytes: 10 * 1024 ** 2,
      valueBytes: 100,
      replicas: 3,
      link: { bitsPerSecond: 1e8, latencyMs: 20 },
      failover: 'sentinel',
    },
    formats: ['md', 'json'],
    out: 'x',
    failOn: 'never',
    budgetMs: 180_000,
  });
});

test('with a baseline, regressions are what it fails on', () => {
  const asked = parseCommandLine(['--config', 'a', '--baseline', 'b']);
  expect(asked).toMatchObject({ failOn: 'regression' });
});

test('help', () => {
  expect(parseCommandLine(['--help', '--config', 'a'])).toBe('help');
  for (const option of ['--baseline', '--link', '--fail-on', 'Exit code']) {
    expect(USAGE).toContain(option);
  }
});

test.for([
  ['', 'there is no --config FILE'],
  ['a.conf', 'a.conf: expected options alone; is it --config a.conf?'],
  ['--config a --color', 'there is no option --color; see --help'],
  ['--config a --outge=30s', 'there is no option --outge; did you mean --outage?'],
  ['--config', "Option '--config <value>' argument missing"],
  ['--config a --outage 30', '--outage 30: expected a time like 30s'],
  ['--config a --write-rate fast', '--write-rate fast: expected bytes per second'],
  ['--config a --outage 0s', '--outage is 0: expected more than nothing'],
  ['--config a --dataset 1kb --value-size 2kb', '--value-size is more than --dataset'],
  ['--config a --replicas 9', '--replicas 9: expected an integer from 0 to 5'],
  ['--config a --failover raft', '--failover raft: expected sentinel'],
  ['--config a --format pdf', '--format pdf: expected html, md, json, junit'],
  ['--config a --fail-on sometimes', '--fail-on sometimes: expected regression, risk, never'],
  ['--config a --fail-on regression', '--fail-on regression: expected a --baseline FILE'],
  ['--config a --budget 3', '--budget 3: expected a time'],
])('refuses %j: %s', ([line = '', message = '']) => {
  const parse = () => parseCommandLine(line.split(' ').filter((word) => word !== ''));
  expect(parse).toThrow(message);
  expect(parse).toThrow(/^misuse: /);
});

const reportOf = (severity: 'note' | 'risk' | 'broken', change: 'regression' | 'none') =>
  ({
    findings: [{ severity }],
    behaviours: [{ change }],
  }) as unknown as ValidationReport;

test.for([
  ['risk', 'none', 'risk', 1],
  ['broken', 'none', 'risk', 1],
  ['note', 'none', 'risk', 0],
  ['note', 'regression', 'regression', 1],
  ['broken', 'none', 'regression', 0],
  ['broken', 'regression', 'never', 0],
] as const)('%s, %s: --fail-on %s ends with %s', ([severity, change, failOn, code]) => {
  expect(exitCodeOf(reportOf(severity, change), failOn)).toBe(code);
});

test('what was wrong with the call, and what with the machine', () => {
  expect(exitCodeOfFailure(new ChaosError('misuse', 'x'))).toBe(2);
  expect(exitCodeOfFailure(new ChaosError('environment', 'x'))).toBe(3);
  expect(exitCodeOfFailure(new Error('x'))).toBe(3);
});
