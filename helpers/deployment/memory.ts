import type { Snapshot } from '../observe/snapshot.ts';
import { now } from '../timeline.ts';
import type { Node } from './node.ts';

/** What a node was seen to be. */
export interface Remembered {
  /** What was about to happen: the name of the node or link that it happens to. */
  readonly cause: string;
  readonly node: string;
  /** Which start of its process it was. */
  readonly boot: number;
  /** It was so at some time after the first, and before the second: milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly snapshot: Snapshot;
}

/** What nodes were before each heal, restart or move: whatever can make a replica ask its upstream again. */
export class Memory {
  readonly #all: Remembered[] = [];

  /** Looks at all nodes now; those that do not answer are passed over. */
  async look(nodes: readonly Node[], cause: string): Promise<void> {
    await Promise.all(
      nodes.map(async (node) => {
        if (node.server.exit !== undefined || node.isPaused) return;
        const { boot } = node.server.log;
        const fromMs = now();
        const snapshot = await node.snapshot().catch(() => undefined);
        if (snapshot === undefined || node.server.log.boot !== boot) return;
        this.#all.push({ cause, node: node.name, boot, fromMs, toMs: now(), snapshot });
      }),
    );
  }

  /** The last look at this run of a node's process that ended before a time, for a cause that counts. */
  before(
    node: string,
    boot: number,
    atMs: number,
    counts: (cause: string) => boolean,
  ): Remembered | undefined {
    return this.#of(node, boot).findLast(({ toMs, cause }) => toMs < atMs && counts(cause));
  }

  /** The first look at this run of a node's process that began after a time. */
  after(node: string, boot: number, atMs: number): Remembered | undefined {
    return this.#of(node, boot).find(({ fromMs }) => fromMs > atMs);
  }

  #of(node: string, boot: number): Remembered[] {
    return this.#all.filter((one) => one.node === node && one.boot === boot);
  }
}
