import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Process IDs of all processes whose working directory is the folder or below it. Servers run in a
 * folder of their session, so this finds them without a list that a crash could leave out of date.
 */
export async function processesIn(folder: string): Promise<number[]> {
  return existsSync('/proc/self/cwd') ? fromProc(folder) : fromLsof(folder);
}

async function fromProc(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const inside = await Promise.all(
    pids.map(async (pid) => {
      // A process that is not ours or has ended has no readable link.
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return isInside(cwd, folder);
    }),
  );
  return pids.filter((_, index) => inside[index]).map(Number);
}

async function fromLsof(folder: string): Promise<number[]> {
  // Exit code 1 means that some process could not be looked at: what was found still counts.
  const { stdout } = await promisify(execFile)('lsof', ['-a', '-d', 'cwd', '-Fpn']).catch(
    (failed: { stdout?: string }) => ({ stdout: failed.stdout ?? '' }),
  );
  const pids: number[] = [];
  let pid = 0;
  for (const line of stdout.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line.startsWith('n') && isInside(line.slice(1), folder)) pids.push(pid);
  }
  return pids;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
