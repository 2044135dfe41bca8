import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createConnection } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Labels of everything a session makes in a container engine. */
export const SESSION_LABEL = 'io.redis-chaos.session';
export const OWNER_LABEL = 'io.redis-chaos.owner';
/** Label of the Toxiproxies that all workers of one run have, on which the whole run depends. */
export const RUN_LABEL = 'io.redis-chaos.toxiproxy-of-run';
const RUN_VARIABLE = 'REDIS_CHAOS_RUN';

/** Whose containers these are, where an engine serves several machines or users. */
export function ownerLabelValue(): string {
  return `${userInfo().uid}@${hostname()}`;
}

/** What a process and all that it starts after asking this have in common. */
export function runId(): string {
  process.env[RUN_VARIABLE] ??= randomUUID();
  return process.env[RUN_VARIABLE];
}

/** The folder that holds the folders of all sessions of this user. */
export function sessionsRoot(): string {
  // Real, because the kernel tells working directories so, by which servers are found.
  return join(realpathSync(tmpdir()), `redis-chaos-${userInfo().uid}`);
}

/**
 * Whether the process that opened the session is alive. It listens on a socket in the session's folder:
 * the kernel closes that with the process, however it ends, and no recycled process ID can pass for it.
 */
export function ownerLives(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(ownerSocket(folder));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Resolves when the owner of the session is gone. */
export function ownerGone(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createConnection(ownerSocket(folder));
    socket.once('error', () => resolve());
    socket.once('close', () => resolve());
    socket.resume();
  });
}

export function ownerSocket(folder: string): string {
  return join(folder, 'owner.sock');
}

/** Present in the folder of a session that uses a container engine. */
export function containersMarker(folder: string): string {
  return join(folder, 'uses-containers');
}
