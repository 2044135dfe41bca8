import { describe, expect, test } from 'vitest';
import { nearest } from '../../nearest.ts';
import { unknownFlag } from '../../options.ts';
import { parsePins, takePins } from './parse-pins.ts';
import { PIN_FLAGS, pinHelp } from './pin-flags.ts';

test('pins of all sorts', () => {
  expect(
    parsePins([
      ...['--nodes', '4', '--faults', 'cut,kill', '--backlog', '64kb', '--chaos=15s'],
      ...['--value-bytes', '5mb', '--skew', '0.8', '--write-kinds', 'append, pair'],
      ...['--output-limit=16mb', '--diskless', 'no', '--persistence', 'rdb', '--sentinels', '3'],
    ]),
  ).toEqual({
    nodes: 4,
    faults: ['cut', 'kill'],
    chaosMs: 15_000,
    valueBytesMax: 5_242_880,
    skew: 0.8,
    mix: ['append', 'pair'],
    persistence: 'rdb',
    sentinels: 3,
    config: {
      'repl-backlog-size': '65536',
      'client-output-buffer-limit': 'replica 16777216 0 0',
      'repl-diskless-sync': 'no',
    },
  });
});

test('what is no pin is left to the command', () => {
  expect(takePins(['--minutes', '5', '--nodes', '3', 'redis:7.0', '--seed=9'])).toEqual({
    pins: { nodes: 3 },
    rest: ['--minutes', '5', 'redis:7.0', '--seed=9'],
  });
  expect(parsePins([])).toEqual({});
});

describe('times and sizes', () => {
  test.for([
    ['40', 40_000],
    ['2.5s', 2_500],
    ['2500ms', 2_500],
    ['2m', 120_000],
  ] as const)('--chaos %s', ([text, chaosMs]) => {
    expect(parsePins(['--chaos', text])).toEqual({ chaosMs });
  });

  test.for([
    ['100', 100],
    ['100b', 100],
    ['1KB', 1_024],
    ['1k', 1_000],
    ['16mb', 16_777_216],
  ] as const)('--value-bytes %s', ([text, valueBytesMax]) => {
    expect(parsePins(['--value-bytes', text])).toEqual({ valueBytesMax });
  });
});

describe('what is refused, and why', () => {
  test.for<[args: string, says: string]>([
    ['--node 4', 'there is no option --node; did you mean --nodes'],
    [
      '--write-per-second 4',
      'there is no option --write-per-second; did you mean --writes-per-second',
    ],
    ['--zzzzzzzz', 'there is no option --zzzzzzzz; see --help'],
    ['nodes', 'there is no option nodes; did you mean --nodes?'],
    ['--nodes', '--nodes takes a value: --nodes N, nodes, the master included'],
    ['--nodes --depth 2', '--nodes takes a value'],
    ['--nodes 3 --nodes=4', '--nodes is given twice'],
    ['--nodes 7', '--nodes takes a whole number from 2 to 6, got "7"'],
    ['--nodes 2.5', '--nodes takes a whole number from 2 to 6, got "2.5"'],
    ['--nodes=', '--nodes takes a whole number from 2 to 6, got ""'],
    ['--sentinels 4', '--sentinels takes one of 0, 3, 5, got "4"'],
    ['--faults cut,boom', '--faults takes some of cut, reset, half-open'],
    ['--faults=', '--faults takes some of'],
    [
      '--backlog 1kb',
      '--backlog takes a size from 16384 to 268435456 bytes, such as 64kb or 5mb, got "1kb"',
    ],
    ['--backlog 64kib', '--backlog takes a size'],
    ['--backlog kb', '--backlog takes a size'],
    ['--chaos 1s', '--chaos takes a time from 2000 ms to 600 s, such as 40s or 1500ms, got "1s"'],
    ['--chaos soon', '--chaos takes a time'],
    ['--skew -1', '--skew takes a number from 0 to 3, got "-1"'],
    ['--diskless maybe', '--diskless takes one of yes, no, got "maybe"'],
    ['--depth 4 --nodes 2', '--depth 4 needs --nodes 5 at least, not 2'],
    ['--sentinels 3 --depth 2', '--sentinels 3 with --depth 2: after a failover'],
    ['--sentinels 5 --nodes 6', '--sentinels 5 with --nodes 6: at most 4'],
    ['--sentinels 3 --faults cut,move', '--faults move with --sentinels 3: Sentinels decide'],
    [
      '--faults move --nodes 2',
      '--faults move with --nodes 2: the only replica has nobody to move to',
    ],
    ['--min-replicas 3 --nodes 3', '--min-replicas 3 leaves no writes: the master has 2 at most'],
    [
      '--min-replicas 2 --nodes 4 --depth 3',
      '--min-replicas 2 leaves no writes: the master has 1 at most',
    ],
    [
      '--min-replicas 2 --sentinels 3 --nodes 3',
      '--min-replicas 2 leaves no writes: after a failover the master has 1 at most',
    ],
    ['--repl-timeout 5 --ping-period 5', '--repl-timeout 5 with --ping-period 5: idle links'],
    ['--output-limit 1mb --backlog 4mb', '--output-limit 1048576 with --backlog 4194304'],
    ['--output-limit 1mb --value-bytes 1mb', '--output-limit 1048576 with --value-bytes 1048576'],
    [
      '--fault-count 100 --chaos 10s',
      '--fault-count 100 in --chaos 10s: at most one in half a second, 20',
    ],
  ])('%s', ([args, says]) => {
    expect(() => parsePins(args.split(' '))).toThrow(`misuse: ${says}`);
  });

  test('near names of all that a command takes', () => {
    expect(unknownFlag('--sed=3', ['seed', 'nodes']).message).toBe(
      'misuse: there is no option --sed=3; did you mean --seed?',
    );
  });
});

test('near is what the fewest letters are apart, and few', () => {
  expect(nearest('keis', ['skew', 'keys', 'nodes'])).toEqual(['keys']);
  expect(nearest('outge', ['out', 'outage'])).toEqual(['outage']);
  expect(nearest('til', ['tls', 'ttl', 'tal'])).toEqual(['ttl', 'tal']);
  expect(nearest('diskless', ['diskless-load', 'diskless-delay', 'depth'])).toEqual([
    'diskless-load',
    'diskless-delay',
  ]);
  expect(nearest('xyzzy', ['nodes'])).toEqual([]);
});

test('every flag has a line of help', () => {
  const help = pinHelp();
  expect(help).toHaveLength(Object.keys(PIN_FLAGS).length);
  expect(help[0]).toMatch(/^ {2}--nodes N +nodes, the master included: 2 to 6/);
  for (const [at, name] of Object.keys(PIN_FLAGS).entries()) {
    expect(help[at]).toMatch(new RegExp(`^ {2}--${name} `));
  }
});
