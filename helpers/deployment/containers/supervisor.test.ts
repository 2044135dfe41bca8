import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../until.ts';
import { endedStatus, SIGNALS, supervisorScript } from './supervisor.ts';

/** Says when it runs, ends with 3 on SIGTERM. */
const SERVER = `trap 'exit 3' TERM; echo running; while :; do sleep 0.01; done`;

test('a server ends by signal and starts again, under the same supervisor', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'supervisor-'));
  const config = join(folder, 'redis.conf');
  const supervisor = spawn(
    'sh',
    ['-c', supervisorScript('CONF', config), 'sh', 'sh', '-c', SERVER],
    {
      env: { ...process.env, CONF: 'port 7001' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    },
  );
  try {
    const lines = linesOf(supervisor);
    const says = (count: number) =>
      until(
        () => lines.length,
        (length) => length >= count,
        { what: `line ${count}`, withinMs: 5_000 },
      );

    await says(1);
    expect(await readFile(config, 'utf8')).toBe('port 7001\n');
    supervisor.kill(SIGNALS.SIGTERM);
    await says(2);
    supervisor.kill(SIGNALS.start);
    await says(3);
    supervisor.kill(SIGNALS.SIGKILL);
    await says(4);

    expect(lines.map((line) => endedStatus(line) ?? line)).toEqual(['running', 3, 'running', 137]);
  } finally {
    // With its group: the server and what the supervisor waits with.
    process.kill(-(supervisor.pid ?? 0), 'SIGKILL');
    await once(supervisor, 'exit');
    await rm(folder, { recursive: true });
  }
});

function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return lines;
}
