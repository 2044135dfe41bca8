import { once } from 'node:events';
import { connect } from 'node:net';
import { seeded } from '../random.ts';

const BATCH = 1_000;

/** Sets so many keys to values of so many bytes that no compression shortens, pipelined. */
export async function fillStrings(port: number, keys: number, valueBytes: number): Promise<void> {
  const random = seeded(1);
  const socket = connect(port, '127.0.0.1');
  let answered = 0;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) answered += 1;
    if (answered >= keys) resolve();
  });
  for (let from = 0; from < keys; from += BATCH) {
    const requests: Buffer[] = [];
    for (let at = from; at < Math.min(keys, from + BATCH); at += 1) {
      const key = `key:${String(at).padStart(12, '0')}`;
      requests.push(
        Buffer.from(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n`),
        random.bytes(valueBytes),
        Buffer.from('\r\n'),
      );
    }
    if (!socket.write(Buffer.concat(requests))) await once(socket, 'drain');
  }
  await done;
  socket.destroy();
}
