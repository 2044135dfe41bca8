import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../../until.ts';
import { ownerLives } from './folder.ts';
import { removeLeftovers } from './leftovers.ts';
import { processesIn } from './processes-in.ts';
import { Session } from './session.ts';

const GONE = { withinMs: 20_000 };

describe('a session', () => {
  test('is alive as long as it is open, and leaves no folder', async () => {
    const session = await Session.open({ usesContainers: false });
    expect(await ownerLives(session.folder)).toBe(true);
    await session[Symbol.asyncDispose]();
    expect(await ownerLives(session.folder)).toBe(false);
    expect(existsSync(session.folder)).toBe(false);
  });

  test('ends a process that was left running in it', async () => {
    const session = await Session.open({ usesContainers: false });
    const forgotten = await sleeperIn(session.folder);
    await session[Symbol.asyncDispose]();
    await until(
      () => forgotten.signalCode,
      (signal) => signal === 'SIGKILL',
      {
        what: 'the forgotten process to end',
        ...GONE,
      },
    );
  });

  test('is left alone by a removal of leftovers while it is open', async () => {
    await using session = await Session.open({ usesContainers: false });
    const running = await sleeperIn(session.folder);
    await removeLeftovers();
    expect(existsSync(session.folder)).toBe(true);
    expect(running.signalCode).toBeNull();
  });
});

describe('when the owner is killed', () => {
  test('the watchdog ends its processes and removes its folder', async () => {
    const { owner, folder } = await ownerOfASession();
    const [pid] = await processesIn(folder);
    expect(pid).toBeDefined();

    owner.kill('SIGKILL');

    await until(
      () => existsSync(folder),
      (exists) => !exists,
      { what: 'the folder to go', ...GONE },
    );
    expect(await processesIn(folder)).toEqual([]);
  });

  test('and its watchdog too, the next run removes both', async () => {
    const { owner, folder } = await ownerOfASession();
    const watchdog = spawn('pkill', ['-KILL', '-f', `watchdog.ts ${folder}`]);
    await once(watchdog, 'exit');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await until(
      () => ownerLives(folder),
      (lives) => !lives,
      { what: 'the owner to be gone', ...GONE },
    );

    await removeLeftovers();

    expect(existsSync(folder)).toBe(false);
    expect(await processesIn(folder)).toEqual([]);
  });
});

async function sleeperIn(folder: string): Promise<ChildProcess> {
  const cwd = join(folder, 'server');
  await mkdir(cwd);
  const child = spawn('sleep', ['600'], { cwd, stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

/** A process of its own that opens a session with a process in it, and then does nothing. */
async function ownerOfASession(): Promise<{ owner: ChildProcess; folder: string }> {
  await using place = await Session.open({ usesContainers: false });
  const program = join(place.folder, 'owner.mjs');
  await writeFile(
    program,
    `import { spawn } from 'node:child_process';
     import { Session } from ${JSON.stringify(join(import.meta.dirname, 'session.ts'))};
     const session = await Session.open({ usesContainers: false });
     spawn('sleep', ['600'], { cwd: session.folder, stdio: 'ignore' }).once('spawn', () => {
       process.send(session.folder);
     });`,
  );
  const owner = fork(program);
  const [folder] = (await once(owner, 'message')) as [string];
  return { owner, folder };
}
