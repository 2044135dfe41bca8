import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { setInterval as every } from 'node:timers/promises';
import { Toxiproxy } from 'toxiproxy-node-client';
import { freePort } from '../../ports.ts';
import { forkRandom } from '../random.ts';
import type { Program } from './program.ts';

export interface SlowReader {
  /** Bytes that the sender has for the reader. */
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** How long the reader is slow; then it takes the rest as fast as it comes. Default: to the end. */
  readonly slowMs?: number;
}

export interface SlowReaderOutcome {
  readonly receivedBytes: number;
  readonly sameBytes: boolean;
  /** Most that the server's resident memory was above what it was before, while the reader was slow. */
  readonly residentGrowthBytes: number;
  /** Most that the sender was ahead of the slow reader: what the proxy and the kernel buffers took in. */
  readonly aheadBytes: number;
}

const TICK_MS = 50;
const BLOCK_BYTES = 64 * 1024;

/** Sends to a reader that is slower than the sender, through a proxy on `program`, and watches its memory. */
export async function sendToSlowReader(
  program: Program,
  { totalBytes, bytesPerSecond, slowMs = Infinity }: SlowReader,
): Promise<SlowReaderOutcome> {
  const random = forkRandom(1, 'slow reader');
  const block = Buffer.from(Array.from({ length: BLOCK_BYTES }, () => Math.floor(random() * 256)));
  const sentDigest = createHash('sha256');
  let sentBytes = 0;
  const upstream = createServer(async (socket) => {
    socket.on('error', () => socket.destroy());
    while (sentBytes < totalBytes) {
      const data = block.subarray(0, totalBytes - sentBytes);
      sentDigest.update(data);
      sentBytes += data.length;
      if (!socket.write(data)) await once(socket, 'drain');
    }
    socket.end();
  }).listen(await freePort(), '127.0.0.1');
  await once(upstream, 'listening');
  const address = upstream.address();
  const proxy = await new Toxiproxy(program.url).createProxy({
    name: 'slow-reader',
    listen: '127.0.0.1:0',
    upstream: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  });
  const before = await residentBytes(program);
  const reader = connect(Number(proxy.listen.split(':').at(-1)), '127.0.0.1');
  reader.on('error', () => reader.destroy());
  const receivedDigest = createHash('sha256');
  let receivedBytes = 0;
  let residentMax = before;
  let aheadBytes = 0;
  const startedAt = performance.now();
  const take = (data: Buffer) => {
    receivedDigest.update(data);
    receivedBytes += data.length;
  };
  // Paused, so that nothing is read that was not asked for: one read a tick, of the socket's 64 KiB at most.
  reader.pause();
  for await (const _tick of every(TICK_MS)) {
    const elapsedMs = performance.now() - startedAt;
    if (receivedBytes < (elapsedMs / 1000) * bytesPerSecond) {
      const data: Buffer | null = reader.read();
      if (data !== null) take(data);
    }
    aheadBytes = Math.max(aheadBytes, sentBytes - receivedBytes);
    residentMax = Math.max(residentMax, await residentBytes(program));
    if (receivedBytes >= totalBytes || reader.destroyed || elapsedMs > slowMs) break;
  }
  for await (const data of reader) take(data);
  reader.destroy();
  upstream.close();
  await proxy.remove();
  return {
    receivedBytes,
    sameBytes: receivedDigest.digest('hex') === sentDigest.digest('hex'),
    residentGrowthBytes: residentMax - before,
    aheadBytes,
  };
}

/** Resident memory of the program: from /proc where there is one, else from ps. */
async function residentBytes({ child: { pid } }: Program): Promise<number> {
  if (process.platform !== 'linux') {
    return (
      Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
    );
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
