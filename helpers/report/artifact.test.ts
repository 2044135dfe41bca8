import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Target } from '../deployment/target.ts';
import { rerunCommand, writeArtifact } from './artifact.ts';

const target: Target = {
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

test('an artifact folder holds what the README says', async () => {
  const root = await mkdtemp(join(tmpdir(), 'artifact-'));
  try {
    const evidence = {
      topology: { nodes: [{ name: 'master' }] },
      timeline: [
        { atMs: 0, subject: 'replica-1 to master', text: 'cut' },
        { atMs: 1, subject: 'master', text: '| replica lost' },
      ],
      nodes: [{ name: 'master', info: 'role:master', config: 'port 1', log: 'Ready' }],
      proxies: { p: { toxics: [] } },
    };
    const run = {
      file: 'suites/a.test.ts',
      test: 'a cut [P1]',
      target,
      errors: ['correctness: x'],
      again: 'npm test',
    };
    const folder = await writeArtifact(root, run, [evidence, evidence]);

    expect(folder).toBe(join(root, 'suites-a.test.ts', 'a-cut-P1', 'redis-7.0-processes'));
    expect((await readdir(folder)).sort()).toEqual([
      'deployment-2',
      'nodes',
      'proxies.json',
      'run.json',
      'timeline.log',
      'topology.json',
    ]);
    expect(await readdir(join(folder, 'nodes/master'))).toEqual(['info.txt', 'log', 'redis.conf']);
    expect(await readFile(join(folder, 'timeline.log'), 'utf8')).toBe(
      '1970-01-01T00:00:00.000Z replica-1 to master: cut\n1970-01-01T00:00:00.001Z master: | replica lost\n',
    );
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toEqual(run);
  } finally {
    await rm(root, { recursive: true });
  }
});

test.for([
  'a short cut under load [P1]',
  "a stranger's data (all of it) costs $5.00?",
  'one \\ of two | three',
])('the command to run "%s" again fits that name alone, through a shell', (name) => {
  const command = rerunCommand(target, 'suites/a.test.ts', name);
  const words = execFileSync(
    'sh',
    ['-c', `printf '%s\\n' ${command.replace('npm test -- ', '')}`],
    {
      encoding: 'utf8',
    },
  ).split('\n');

  expect(words.slice(0, 4)).toEqual(['--project', target.name, 'suites/a.test.ts', '-t']);
  const pattern = new RegExp(words[4] ?? '');
  expect(pattern.test(name)).toBe(true);
  expect(pattern.test('another test')).toBe(false);
});
