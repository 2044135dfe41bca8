import { describe, expect, test } from 'vitest';
import { UNKNOWN_VERSION } from '../capabilities.ts';
import type { Target } from '../target.ts';
import { ownImage } from './containers.ts';
import { type Discovery, discover } from './discover.ts';
import { isNamed, projectPatterns, requireProjects, selection } from './projects.ts';
import { requireTargets } from './require.ts';
import { leftOut, targetTable } from './table.ts';

const runs: Target = {
  name: 'redis:7.0@processes',
  driver: 'processes',
  product: 'redis',
  version: '7.0.15',
  isReference: false,
  servers: [
    {
      name: '/usr/bin/redis-server',
      product: 'redis',
      version: '7.0.15',
      command: ['/usr/bin/redis-server'],
    },
  ],
  toxiproxy: 'embedded',
  sentinel: { missing: 'not looked for' },
};
const discovery: Discovery = {
  runnable: [runs],
  absent: [{ name: 'redis:8.0', driver: 'containers', reason: 'no container engine answers' }],
  known: ['redis:6.0', 'redis:8.0', 'redis:7.0@processes'],
};

test('the table says what runs, and why the rest does not', () => {
  expect(targetTable(discovery).split('\n')).toEqual([
    '  target                             server; links',
    '  redis:7.0@processes  runs          processes of /usr/bin/redis-server 7.0.15; embedded Toxiproxy',
    '  redis:8.0            does not run  no container engine answers',
  ]);
});

test.for([
  ['7.0.15', ''],
  ['8.0.9', ''],
  ['8.2.1', '; newer than redis 8.0: held to what is expected of the newest'],
  ['99.0.0', '; newer than redis 8.0: held to what is expected of the newest'],
  [
    UNKNOWN_VERSION,
    '; its version is not known before it runs: held to what is expected of the newest',
  ],
] as const)('the table has a note on version %s: "%s"', ([version, note]) => {
  const [, row] = targetTable({ ...discovery, runnable: [{ ...runs, version }] }).split('\n');
  expect(row?.split('embedded Toxiproxy')[1]).toBe(note);
});

test.for([
  ['foo/bar:latest', 'redis', UNKNOWN_VERSION],
  ['localhost:5000/redis', 'redis', UNKNOWN_VERSION],
  ['redis@sha256:1234abcd', 'redis', UNKNOWN_VERSION],
  ['registry.example:5000/redis:7.4-alpine@sha256:1234abcd', 'redis', '7.4'],
  ['valkey/valkey:8', 'valkey', '8'],
] as const)('an image named %s is taken for %s, version %s', ([image, product, version]) => {
  expect(ownImage(image)).toMatchObject({ product, version });
});

test('what a run leaves out is named', () => {
  expect(leftOut(discovery)).toContain("by --project '*': redis:6.0");
});

describe('REQUIRE_TARGETS', () => {
  test.for(['', 'processes', 'redis:7.0@processes', 'toxiproxy', ' processes , toxiproxy '])(
    'is content with "%s"',
    (required) => {
      expect(() => requireTargets(required, discovery)).not.toThrow();
    },
  );

  test.for([
    ['containers', 'redis:8.0: no container engine answers'],
    ['redis:8.0', 'redis:8.0: no container engine answers'],
    ['redis:6.0', "which this run leaves out; add --project 'redis:6.0'"],
    ['contaners', 'Accepted are containers, processes and the targets redis:6.0, redis:8.0, redis'],
  ] as const)('"%s" fails the run', ([required, reason]) => {
    expect(() => requireTargets(required, discovery)).toThrow(reason);
  });
});

describe('--project', () => {
  test('is read in both spellings', () => {
    expect(projectPatterns(['run', '--project', 'a', 'x', '--project=b*'])).toEqual(['a', 'b*']);
  });

  test.for([
    [['redis:8.0'], 'redis:8.0', true],
    [['redis:*'], 'valkey:8.1', false],
    [['redis:8.0', 'valkey:*'], 'valkey:8.1', true],
    [['!redis:*'], 'redis:8.0', false],
    [['!redis:*'], 'valkey:8.1', true],
    [['redis:8.0'], 'redis:8x0', false],
  ] as const)('%j selects %s: %s', ([patterns, name, selected]) => {
    expect(selection(patterns)({ name, byDefault: true })).toBe(selected);
  });

  test.for([
    [[], false],
    [['!unit'], false],
    [['*'], true],
    [['redis:6.0'], true],
  ] as const)('%j selects what does not run by default: %s', ([patterns, selected]) => {
    expect(selection(patterns)({ name: 'redis:6.0', byDefault: false })).toBe(selected);
  });

  test.for([
    [[], false],
    [['*'], false],
    [['*reference*'], true],
    [['redis:8.0+reference'], true],
  ] as const)('%j names a mix: %s', ([patterns, named]) => {
    expect(isNamed(patterns, 'redis:8.0+reference')).toBe(named);
  });

  test.for([
    [['redis:8.0'], 'environment: --project redis:8.0 cannot run here: no container engine'],
    [
      ['redi'],
      'misuse: --project redi fits no target; there are redis:6.0, redis:8.0, redis:7.0@processes, unit',
    ],
  ] as const)('%j ends the run', ([patterns, message]) => {
    expect(() => requireProjects(patterns, ['unit'], discovery)).toThrow(message);
  });
});

describe('a server of the user’s own', () => {
  const nothing = { isSelected: () => false };

  test.for([
    [{ REDIS_SERVER: '/nonexistent/redis' }, 'there is no such program'],
    [{ REDIS_SERVER: process.execPath }, 'is not a Redis or Valkey server'],
    [{ TOXIPROXY: 'no-such-toxiproxy' }, 'TOXIPROXY=no-such-toxiproxy: there is no program'],
  ] as const)('%j cannot be used', async ([env, message]) => {
    await expect(discover({ env, ...nothing })).rejects.toThrow(message);
  });
});
