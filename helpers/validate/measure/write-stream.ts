import type { Node } from '../../deployment/node.ts';
import { seeded } from '../../random.ts';
import { setBytes } from './stream-bytes.ts';

const KEYS = 16;
const IN_FLIGHT = 128;
/** What is far from where it matters is written in larger values, which costs less time; below a block of a backlog. */
const BULK_VALUE_BYTES = 12_000;

/** No key is longer or shorter, so that every write of one length adds as many bytes to the stream. */
export const keyOf = (index: number): string => `measure:${String(index % KEYS).padStart(2, '0')}`;

/** Writes values to a few keys as fast as the node takes them, while it counts what that adds to the stream. */
export interface StreamWriter extends Disposable {
  /** What one write of a value of the length asked for adds. */
  readonly bytesPerWrite: number;
  /** Writes so often that the stream grows by at most so many bytes, and once at least. */
  atMost(streamBytes: number): Promise<void>;
}

export function streamWriter(node: Node, valueBytes: number): StreamWriter {
  const connection = node.dedicated();
  const random = seeded(1).fork('measure');
  const value = random.bytes(valueBytes);
  const bulk = random.bytes(Math.max(BULK_VALUE_BYTES, valueBytes));
  const bytesPerWrite = setBytes(keyOf(0), value.length);
  const bytesPerBulk = setBytes(keyOf(0), bulk.length);
  let written = 0;
  const write = async (content: Buffer, times: number): Promise<void> => {
    for (let left = times; left > 0; left -= IN_FLIGHT) {
      const batch = Array.from({ length: Math.min(left, IN_FLIGHT) }, () =>
        connection.call('SET', keyOf(written++), content),
      );
      await Promise.all(batch);
    }
  };
  return {
    bytesPerWrite,
    atMost: async (streamBytes) => {
      // The last hundred of them are of the length asked for.
      const bulks = Math.max(0, Math.floor(streamBytes / bytesPerBulk) - 100);
      await write(bulk, bulks);
      const left = streamBytes - bulks * bytesPerBulk;
      await write(value, Math.max(1, Math.floor(left / bytesPerWrite)));
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}
