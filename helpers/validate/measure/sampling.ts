import { setTimeout as pause } from 'node:timers/promises';
import type { Node } from '../../deployment/node.ts';
import { messageOf } from '../../errors.ts';
import { now } from '../../timeline.ts';
import { STAMP } from './paced-writes.ts';

/** Looks that go on until they are stopped; leaving the scope stops them. */
export interface Sampling<T> extends AsyncDisposable {
  stop(): Promise<readonly T[]>;
}

/** Looks at something over and over; one look at a time. */
function sampling<T>(look: () => Promise<T>, everyMs: number, end = () => {}): Sampling<T> {
  const seen: T[] = [];
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      seen.push(await look());
      await pause(everyMs);
    }
  })().finally(end);
  const stop = async (): Promise<readonly T[]> => {
    isOver = true;
    await running;
    return seen;
  };
  return {
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

/** How long a node takes to answer a read, in milliseconds. */
export function latencies(node: Node): Sampling<number> {
  const connection = node.dedicated();
  return sampling(
    async () => {
      const askedAt = performance.now();
      await connection.call('GET', STAMP).catch(() => {});
      return performance.now() - askedAt;
    },
    2,
    () => connection[Symbol.dispose](),
  );
}

/** What a read of a replica came to. */
export interface Read {
  readonly atMs: number;
  /** How old what it told was; `undefined` where it told nothing. */
  readonly ageMs?: number;
  /** The first word of the error. */
  readonly refusal?: string;
}

/** Reads the time that paced writes set from a replica. */
export function reads(replica: Node): Sampling<Read> {
  const connection = replica.dedicated();
  return sampling(
    async () => {
      const atMs = now();
      try {
        const stamp = await connection.call('GET', STAMP);
        return stamp === null ? { atMs } : { atMs, ageMs: now() - Number(stamp) };
      } catch (thrown) {
        return { atMs, refusal: messageOf(thrown).split(' ')[0] ?? 'error' };
      }
    },
    10,
    () => connection[Symbol.dispose](),
  );
}

/** The most that the output buffer of a master's replicas took, by its CLIENT LIST. */
export function outputBuffers(master: Node): Sampling<number> {
  return sampling(async () => {
    const clients = await master.clientList().catch(() => []);
    return Math.max(
      0,
      ...clients.filter(({ flags }) => flags.has('S')).map((one) => one.outputBytes),
    );
  }, 40);
}

/** For how many seconds a master has heard nothing of a replica, as it tells. */
export function lags(master: Node, replica: Node): Sampling<number> {
  return sampling(async () => {
    const seen = await master.snapshot().catch(() => undefined);
    return seen?.replicas.find(({ port }) => port === replica.port)?.lagSeconds ?? 0;
  }, 100);
}

/** From the first to the last look that was refused, and by what word. */
export function refusedFor(all: readonly Read[]): { readonly ms: number; readonly words: string } {
  const refused = all.filter(({ refusal }) => refusal !== undefined);
  const [first, last] = [refused[0], refused.at(-1)];
  const words = [...new Set(refused.map(({ refusal }) => refusal))].join(', ');
  return { ms: first === undefined || last === undefined ? 0 : last.atMs - first.atMs, words };
}
