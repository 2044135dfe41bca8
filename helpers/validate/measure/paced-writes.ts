import { setInterval as everyMs } from 'node:timers/promises';
import type { Node } from '../../deployment/node.ts';
import { seeded } from '../../random.ts';
import { now } from '../../timeline.ts';
import { keyOf } from './write-stream.ts';

const TICK_MS = 10;
/** Above that, a client written in JavaScript would be what is measured: values are made larger instead. */
const WRITES_PER_SECOND_MAX = 4_000;
/** Holds when it was written, in milliseconds since the epoch. */
export const STAMP = 'measure:stamp';

/** Leaving the scope stops them. */
export interface PacedWrites extends AsyncDisposable {
  /** Stops when all answers are there; how long it ran, and what the stream grew by a second. */
  stop(): Promise<{ readonly refused: number; readonly streamBytesPerSecond: number }>;
}

/** Writes values to a few keys of a node at a rate in bytes of values, and the time to one more. */
export async function pacedWrites(
  node: Node,
  { bytesPerSecond, valueBytes }: { readonly bytesPerSecond: number; readonly valueBytes: number },
): Promise<PacedWrites> {
  const connection = node.dedicated();
  const length = Math.max(valueBytes, Math.ceil(bytesPerSecond / WRITES_PER_SECOND_MAX));
  const value = seeded(2).fork('paced').bytes(length);
  const inFlight = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  let [written, refused] = [0, 0];
  const send = (key: string, content: Buffer | string): void => {
    const sent: Promise<unknown> = connection
      .call('SET', key, content)
      .catch(() => {
        refused += 1;
      })
      .finally(() => inFlight.delete(sent));
    inFlight.add(sent);
  };
  const { offset: from } = await node.snapshot();
  const startedAt = now();
  const ticking = (async () => {
    for await (const _ of everyMs(TICK_MS, undefined, { signal: stopping.signal })) {
      const due = Math.floor(((now() - startedAt) / 1_000) * (bytesPerSecond / length));
      for (; written < due; written += 1) send(keyOf(written), value);
      send(STAMP, String(now()));
    }
  })().catch((thrown: Error) => {
    if (thrown.name !== 'AbortError') throw thrown;
  });
  const end = async (): Promise<void> => {
    stopping.abort();
    await ticking;
    await Promise.all(inFlight);
    connection[Symbol.dispose]();
  };
  return {
    [Symbol.asyncDispose]: end,
    stop: async () => {
      await end();
      const seconds = (now() - startedAt) / 1_000;
      const { offset } = await node.snapshot();
      return { refused, streamBytesPerSecond: (offset - from) / seconds };
    },
  };
}
