import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import { processesIn } from '../deployment/session/processes-in.ts';

const COMMAND = join(import.meta.dirname, 'validate.ts');
const PROGRAM = `import(${JSON.stringify(COMMAND)}).then(async ({ validate }) => { process.exitCode = await validate(process.argv.slice(1)); })`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures in use from the pattern.
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-validate-'));
    onCleanup(() => rm(folder, { recursive: true }));
    return folder;
  })
  /** Runs the command in a folder of its own, where also its servers get theirs. */
  .extend('run', ({ folder }) => (...args: readonly string[]): Promise<Ended> => {
    const env = { ...process.env, TMPDIR: folder, REDIS_SERVER: '' };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['-e', PROGRAM, '--', ...args],
        { cwd: folder, env },
        (failed, stdout, stderr) => {
          resolve({ code: failed === null ? 0 : Number(failed.code), stdout, stderr });
        },
      );
    });
  });

/** Nothing of sessions, and no process in them. */
async function nothingLeft(folder: string): Promise<void> {
  const sessions = join(folder, `redis-chaos-${userInfo().uid}`);
  expect(existsSync(sessions) ? await readdir(sessions) : []).toEqual([]);
  expect(await processesIn(sessions)).toEqual([]);
}

test('a sound file: a summary, all reports, exit code 0, nothing left', async ({ folder, run }) => {
  await writeFile(join(folder, 'a.conf'), 'repl-diskless-sync-delay 0\nport 6379\n');
  const { code, stdout, stderr } = await run(
    ...['--config', 'a.conf', '--server', 'reference', '--out', 'out', '--budget', '1s'],
  );
  expect(stderr).toContain('a.conf on reference@processes: about ');
  expect(stderr).toContain('asking the server about every line');
  expect(stdout).toMatch(
    /^a\.conf on the reference implementation \(redis 7\.0\.15\): No risk was found in what was looked at; 7 things are not known\./,
  );
  expect(code).toBe(0);
  expect(await readdir(join(folder, 'out'))).toEqual([
    'validation.html',
    'validation.json',
    'validation.md',
    'validation.xml',
  ]);
  const report = JSON.parse(await readFile(join(folder, 'out/validation.json'), 'utf8'));
  expect(report).toMatchObject({ format: 1, config: { path: 'a.conf' } });
  await nothingLeft(folder);
});

test('a file that the server refuses: the line, exit code 1, nothing left', async ({
  folder,
  run,
}) => {
  await writeFile(join(folder, 'a.conf'), 'hz 10\nmaxmemory lots\n');
  const { code, stdout } = await run(
    ...['--config', 'a.conf', '--server', 'reference', '--format', 'md', '--out', 'out'],
  );
  expect(stdout).toContain('a.conf:2: maxmemory lots');
  expect(stdout).toContain('argument must be a memory value');
  expect(code).toBe(1);
  expect(await readdir(join(folder, 'out'))).toEqual(['validation.md']);
  await nothingLeft(folder);
});

test('a regression against a baseline: exit code 1; --fail-on never: 0', async ({
  folder,
  run,
}) => {
  await writeFile(join(folder, 'old.conf'), 'repl-diskless-sync-delay 0\n');
  await writeFile(join(folder, 'new.conf'), 'repl-diskless-sync-delay 0\nrepl-timeout 5\n');
  const args = [
    '--config',
    'new.conf',
    '--baseline',
    'old.conf',
    '--server',
    'reference',
    '--budget',
    '1s',
  ];
  const { code, stdout } = await run(...args);
  expect(stdout).toContain('regression  A quiet replica is taken for dead');
  expect(code).toBe(1);
  expect((await run(...args, '--fail-on', 'never')).code).toBe(0);
});

test.for([
  ['--config none.conf', 'the configuration cannot be read: there is no file none.conf'],
  ['--config .', 'the configuration cannot be read: . is a folder'],
  ['--config syntax.conf', 'syntax.conf:2: quotes are not closed'],
  ['--config cluster.conf', 'cluster.conf:1: cluster-enabled yes'],
  ['--config fine.conf --baseline none.conf', 'there is no file none.conf'],
  [
    '--config fine.conf --server ./nowhere',
    '--server ./nowhere cannot be used: there is no such program',
  ],
  [`--config fine.conf --server ${process.execPath}`, 'is not a Redis or Valkey server'],
  ['--config fine.conf --server x --image y', '--image y and --server x: expected one of them'],
  ['--config fine.conf --colour', 'there is no option --colour; see --help'],
  ['--config fine.conf --outge 30s', 'there is no option --outge; did you mean --outage?'],
] as const)(
  '%s: a clear message, exit code 2, nothing left',
  async ([line, message], { folder, run }) => {
    await writeFile(join(folder, 'fine.conf'), 'hz 10\n');
    await writeFile(join(folder, 'syntax.conf'), 'hz 10\nrequirepass "a\n');
    await writeFile(join(folder, 'cluster.conf'), 'cluster-enabled yes\n');
    const { code, stderr, stdout } = await run(...line.split(' '));
    expect(stderr).toContain('redis-chaos validate: ');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(2);
    await nothingLeft(folder);
  },
);
