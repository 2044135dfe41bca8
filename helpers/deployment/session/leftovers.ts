import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { containersMarker, ownerLives, sessionsRoot } from './folder.ts';
import { processesIn } from './processes-in.ts';

/** What a removal found and removed. */
export interface Removed {
  readonly sessions: number;
  readonly processes: number;
  readonly containers: number;
  readonly networks: number;
}

const NOTHING: Removed = { sessions: 0, processes: 0, containers: 0, networks: 0 };

/** Removes everything of one session whose owner is gone. A folder that does not exist is no work. */
export async function removeSession(folder: string): Promise<Removed> {
  if (!existsSync(folder)) return NOTHING;
  const pids = await processesIn(folder);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in the meantime.
    }
  }
  let engine = { containers: 0, networks: 0 };
  if (existsSync(containersMarker(folder))) {
    const { removeBySession } = await import('../containers/leftovers.ts');
    engine = await removeBySession(basename(folder));
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { sessions: 1, processes: pids.length, ...engine };
}

/** Removes the leftovers of every session of this user on this machine whose owner is gone. */
export async function removeLeftovers(): Promise<Removed> {
  const names = await readdir(sessionsRoot()).catch(() => []);
  const removed = [NOTHING];
  for (const name of names) {
    const folder = join(sessionsRoot(), name);
    if (/^[0-9a-f]{12}$/.test(name) && !(await ownerLives(folder))) {
      removed.push(await removeSession(folder));
    }
  }
  return removed.reduce((sum, one) => ({
    sessions: sum.sessions + one.sessions,
    processes: sum.processes + one.processes,
    containers: sum.containers + one.containers,
    networks: sum.networks + one.networks,
  }));
}
