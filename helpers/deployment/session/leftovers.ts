import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { containersMarker, ownerLives, sessionsRoot } from './folder.ts';
import { processesIn } from './processes-in.ts';

/** What a removal found and removed, and what it could not. */
export interface Removed {
  readonly sessions: number;
  readonly processes: number;
  readonly containers: number;
  readonly networks: number;
  /** In words. What failed is still there for the next removal to find. */
  readonly failures: readonly string[];
}

const NOTHING: Removed = { sessions: 0, processes: 0, containers: 0, networks: 0, failures: [] };

/**
 * Removes everything of one session. A folder that does not exist is no work. Where the owner has died,
 * its last requests can still be under way in the container engine: `settle` waits for them.
 */
export async function removeSession(
  folder: string,
  options: { readonly settle: boolean },
): Promise<Removed> {
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
    engine = await removeBySession(basename(folder), options);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { sessions: 1, processes: pids.length, ...engine, failures: [] };
}

/** Removes the leftovers of every session of this user on this machine whose owner is gone. */
export async function removeLeftovers(): Promise<Removed> {
  const names = await readdir(sessionsRoot()).catch(() => []);
  let removed = NOTHING;
  for (const name of names.filter(isSessionId)) {
    const folder = join(sessionsRoot(), name);
    if (await ownerLives(folder)) continue;
    removed = sum(
      removed,
      await removeSession(folder, { settle: true }).catch((thrown: unknown) => ({
        ...NOTHING,
        failures: [`${folder}: ${messageOf(thrown)}`],
      })),
    );
  }
  return removed;
}

/**
 * Removes containers and networks of this user's sessions that have no folder any more, by their labels
 * and names. Rejects when no container engine answers.
 */
export async function removeUnowned(): Promise<Removed> {
  const { removeBySession, sessionsInEngine } = await import('../containers/leftovers.ts');
  let removed = NOTHING;
  for (const session of await sessionsInEngine()) {
    if (await ownerLives(join(sessionsRoot(), session))) continue;
    const engine = await removeBySession(session, { settle: true });
    removed = sum(removed, { ...NOTHING, ...engine, sessions: 1 });
  }
  return removed;
}

export function sum(a: Removed, b: Removed): Removed {
  return {
    sessions: a.sessions + b.sessions,
    processes: a.processes + b.processes,
    containers: a.containers + b.containers,
    networks: a.networks + b.networks,
    failures: [...a.failures, ...b.failures],
  };
}

function isSessionId(name: string): boolean {
  return /^[0-9a-f]{12}$/.test(name);
}
