import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../until.ts';
import { Lines } from '../lines.ts';
import { stateOf } from '../processes/child.ts';
import { commands, supervisorScript } from './supervisor.ts';

/** Says when it runs, ends with 3 on SIGTERM. */
const SERVER = `trap 'exit 3' TERM; echo running; while :; do sleep 0.01; done`;
const CONFIG = '  port 7001\nuser \\n "a b"\n\nend\n';

test('a server ends by signal and starts again, under the same supervisor', async () => {
  await using supervisor = await Supervisor.start(SERVER);
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('running');
  expect(await readFile(supervisor.configFile, 'utf8')).toBe(CONFIG);

  supervisor.tell(commands.signal('SIGTERM'));
  await supervisor.says('redis-chaos: ended 3');
  supervisor.tell(commands.start('life-1', []));
  await supervisor.says('running', 2);
  supervisor.tell(commands.signal('SIGKILL'));
  await supervisor.says('redis-chaos: ended 137');

  expect(supervisor.lines).toEqual([
    'redis-chaos: began life-1',
    'running',
    'redis-chaos: ended 3',
    'running',
    'redis-chaos: ended 137',
  ]);
});

test('a signal told right after the start reaches the server', async () => {
  await using supervisor = await Supervisor.start(SERVER);
  supervisor.tell(`${commands.begin('life-1', CONFIG, [])}${commands.signal('SIGKILL')}`);
  await supervisor.says('redis-chaos: ended 137');
});

test('what a server says is whole and in order, whichever stream it uses', async () => {
  await using supervisor = await Supervisor.start(
    'echo out; echo err >&2; printf "no end"; exit 1',
  );
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('redis-chaos: ended 1');
  expect(supervisor.lines.slice(1)).toEqual(['out', 'err', 'no end', 'redis-chaos: ended 1']);
});

test('each start has words of its own, which come as they are', async () => {
  const words = ['--replicaof', '127.0.0.1 7001', '*', '$HOME', '"quoted', '\\n', ' '];
  await using supervisor = await Supervisor.start(
    `for word in "$@"; do printf '[%s]\\n' "$word"; done; exit 0`,
  );
  supervisor.tell(commands.begin('life-1', CONFIG, words));
  await supervisor.says('redis-chaos: ended 0');
  supervisor.tell(commands.start('life-1', []));
  await supervisor.says('redis-chaos: ended 0', 2);
  expect(await readFile(supervisor.configFile, 'utf8')).toBe(CONFIG);
  expect(supervisor.lines).toEqual([
    'redis-chaos: began life-1',
    ...words.map((word) => `[${word}]`),
    'redis-chaos: ended 0',
    'redis-chaos: ended 0',
  ]);
});

test('a paused server is stopped, and goes on where it was', async () => {
  await using supervisor = await Supervisor.start(`echo $$; ${SERVER}`);
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('running');
  supervisor.tell(commands.pause('life-1'));
  await supervisor.says('redis-chaos: paused life-1');
  expect(await stateOf(supervisor.lines[1])).toBe('T');
  supervisor.tell(commands.resume('life-1'));
  await supervisor.says('redis-chaos: resumed life-1');
  expect(await stateOf(supervisor.lines[1])).not.toBe('T');
  supervisor.tell(commands.signal('SIGTERM'));
  await supervisor.says('redis-chaos: ended 3');
});

test.for([
  ['SIGTERM', 3],
  ['SIGKILL', 137],
] as const)('a paused server ends by %s', async ([signal, status]) => {
  await using supervisor = await Supervisor.start(SERVER);
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('running');
  supervisor.tell(`${commands.pause('life-1')}${commands.signal(signal)}`);
  await supervisor.says(`redis-chaos: ended ${status}`);
});

test('what a server has forked is found, outlives it, and can be killed without it', async () => {
  await using supervisor = await Supervisor.start('sleep 60 & echo $!; echo running; wait');
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('running');
  const [, child] = supervisor.lines;
  supervisor.tell(`${commands.children('life-1')}${commands.signal('SIGKILL')}`);
  await supervisor.says('redis-chaos: ended 137');
  await supervisor.says(`redis-chaos: children life-1 ${child}`);
  supervisor.tell(commands.children('life-1'));
  await supervisor.says(`redis-chaos: children life-1 ${child}`, 2);

  supervisor.tell(commands.killChildren('life-1'));
  await supervisor.says(`redis-chaos: children life-1 ${child}`, 3);
  await until(
    () => {
      supervisor.tell(commands.children('life-2'));
      return supervisor.lines;
    },
    (lines) => lines.includes('redis-chaos: children life-2'),
    { what: 'the child to be gone', withinMs: 10_000 },
  );
});

test('a server that has ended cannot be paused', async () => {
  await using supervisor = await Supervisor.start('exit 0');
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('redis-chaos: ended 0');
  supervisor.tell(`${commands.pause('life-1')}${commands.loseData('life-1')}`);
  await supervisor.says('redis-chaos: data-lost life-1');
  expect(supervisor.lines).not.toContain('redis-chaos: paused life-1');
});

test('files are there when the server starts, and can be written again', async () => {
  await using supervisor = await Supervisor.start('cat "tls.key"; exit 0');
  const file = commands.file('life-1', 'tls.key', '  a\\n b\n\nend');
  supervisor.tell(`${file}${commands.begin('life-1', CONFIG, [])}`);
  await supervisor.says('redis-chaos: ended 0');
  supervisor.tell(`${commands.loseData('life-1')}${file}${commands.start('life-1', [])}`);
  await supervisor.says('redis-chaos: ended 0', 2);
  expect(await readFile(join(supervisor.dataFolder, 'tls.key'), 'utf8')).toBe('  a\\n b\n\nend\n');
  expect(supervisor.lines.filter((line) => line.startsWith('  a'))).toHaveLength(2);
});

test('lost data leaves the configuration', async () => {
  await using supervisor = await Supervisor.start('mkdir sub; echo x > sub/dump.rdb; exit 0');
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('redis-chaos: ended 0');
  supervisor.tell(commands.loseData('life-1'));
  await supervisor.says('redis-chaos: data-lost life-1');
  expect(await readdir(supervisor.dataFolder)).toEqual(['redis.conf']);
});

test('a wipe ends the server and leaves nothing of it, the next life has its own configuration', async () => {
  await using supervisor = await Supervisor.start(
    `echo x > .hidden; echo x > ../scratch/module.so; cat redis.conf; ${SERVER}`,
  );
  supervisor.tell(commands.begin('life-1', 'port 7001\n', []));
  await supervisor.says('running');
  supervisor.tell(commands.wipe('life-1'));
  await supervisor.says('redis-chaos: wiped life-1');
  await supervisor.says('redis-chaos: ended 137');
  expect(await readdir(supervisor.dataFolder)).toEqual([]);
  expect(await readdir(supervisor.scratch)).toEqual([]);

  supervisor.tell(commands.begin('life-2', 'port 7002\n', []));
  await supervisor.says('running', 2);
  const from = supervisor.lines.indexOf('redis-chaos: began life-2');
  expect(supervisor.lines.slice(from)).toEqual([
    'redis-chaos: began life-2',
    'port 7002',
    'running',
  ]);
});

test('a wipe that fails is not confirmed', async () => {
  await using supervisor = await Supervisor.start('exit 0', { programs: { find: 'exit 1' } });
  supervisor.tell(commands.begin('life-1', CONFIG, []));
  await supervisor.says('redis-chaos: ended 0');
  supervisor.tell(`${commands.wipe('life-1')}${commands.begin('life-2', CONFIG, [])}`);
  await supervisor.says('redis-chaos: began life-2');
  expect(supervisor.lines).not.toContain('redis-chaos: wiped life-1');
});

test('a server with a limit cannot write longer files; the next one in that place can', async () => {
  await using supervisor = await Supervisor.start(
    'head -c 4096 /dev/zero > file || echo refused; wc -c < file',
  );
  supervisor.tell(commands.begin('life-1', CONFIG, [], 1_024));
  await supervisor.says('redis-chaos: ended 0');
  supervisor.tell(`${commands.wipe('life-1')}${commands.begin('life-2', CONFIG, [])}`);
  await supervisor.says('redis-chaos: ended 0', 2);

  const said = supervisor.lines.filter((line) => /^(?:refused|\d+)$/.test(line));
  expect(said).toEqual(['refused', '1024', '4096']);
});

/** The script on this machine, with folders of its own for those of a container. */
class Supervisor implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly dataFolder: string;
  readonly scratch: string;
  readonly configFile: string;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, server: string) {
    this.#folder = folder;
    this.dataFolder = join(folder, 'data');
    this.scratch = join(folder, 'scratch');
    this.configFile = join(this.dataFolder, 'redis.conf');
    const script = supervisorScript({
      configFile: this.configFile,
      dataFolder: this.dataFolder,
      scratch: [this.scratch, join(folder, 'not-there')],
    });
    this.#process = spawn('sh', ['-c', script, 'sh', 'sh', '-c', server, 'server'], {
      cwd: this.dataFolder,
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    const lines = new Lines();
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.lines.push(...lines.take(chunk).filter((line) => line !== ''));
    });
  }

  /** `programs` stand before those of the machine, each a shell script. */
  static async start(
    server: string,
    { programs = {} }: { readonly programs?: Record<string, string> } = {},
  ): Promise<Supervisor> {
    const folder = await mkdtemp(join(tmpdir(), 'supervisor-'));
    for (const name of ['data', 'scratch', 'bin']) await mkdir(join(folder, name));
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return new Supervisor(folder, server);
  }

  tell(text: string): void {
    this.#process.stdin?.write(text);
  }

  async says(line: string, times = 1): Promise<void> {
    await until(
      () => this.lines.filter((one) => one === line).length,
      (count) => count >= times,
      { what: `the supervisor to say ${line}; it said ${this.lines}`, withinMs: 10_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // With its group: the server and what waits for it.
    process.kill(-(this.#process.pid ?? 0), 'SIGKILL');
    await once(this.#process, 'exit');
    await rm(this.#folder, { recursive: true });
  }
}
