import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { containersMarker, ownerSocket, sessionsRoot } from './folder.ts';
import { removeSession } from './leftovers.ts';

/**
 * The lifetime of everything one test worker starts. Its folder holds all files of its servers, its
 * label marks all its containers and networks. A watchdog process of its own removes both when this
 * process ends without closing the session, be it by SIGKILL.
 */
export class Session implements AsyncDisposable {
  readonly id: string;
  readonly folder: string;
  readonly #owner: Server;
  readonly #watchers: Set<Socket>;

  private constructor(id: string, folder: string, owner: Server, watchers: Set<Socket>) {
    this.id = id;
    this.folder = folder;
    this.#owner = owner;
    this.#watchers = watchers;
  }

  static async open(options: { readonly usesContainers: boolean }): Promise<Session> {
    const id = randomBytes(6).toString('hex');
    const folder = join(sessionsRoot(), id);
    // A sweep that finds the folder must find its owner alive: it gets its name once the owner listens.
    const unborn = join(sessionsRoot(), `.${id}`);
    await mkdir(unborn, { recursive: true, mode: 0o700 });
    const watchers = new Set<Socket>();
    const owner = createServer((socket) => {
      watchers.add(socket);
      socket.once('close', () => watchers.delete(socket));
      socket.once('error', () => socket.destroy());
      socket.unref();
    });
    owner.listen(ownerSocket(unborn));
    await once(owner, 'listening');
    owner.unref();
    if (options.usesContainers) await writeFile(containersMarker(unborn), '');
    await rename(unborn, folder);
    spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts'), folder], {
      detached: true,
      stdio: 'ignore',
    }).unref();
    return new Session(id, folder, owner, watchers);
  }

  /** Ends the session, with whatever should have been stopped by now and was not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await removeSession(this.folder, { settle: false });
    for (const watcher of this.#watchers) watcher.destroy();
    await new Promise((resolve) => this.#owner.close(resolve));
  }
}
