import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 1;

/** Asks a server again and again, from a process of its own, whose event loop nothing else holds up. */
export function longestSilenceMs(port: number): { end(): Promise<number> } {
  const child = fork(import.meta.filename, [String(port)]);
  return {
    async end() {
      child.send('end');
      const [longestMs] = (await once(child, 'message')) as [number];
      await once(child, 'exit');
      return longestMs;
    },
  };
}

async function measure(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let isOver = false;
  process.once('message', () => {
    isOver = true;
  });
  let longestMs = 0;
  while (!isOver) {
    const askedAt = performance.now();
    socket.write('PING\r\n');
    await once(socket, 'data');
    longestMs = Math.max(longestMs, performance.now() - askedAt);
    await pause(EVERY_MS);
  }
  socket.destroy();
  process.send?.(longestMs);
  process.disconnect();
}

if (process.argv[1] === import.meta.filename && process.send !== undefined) {
  await measure(Number(process.argv[2]));
}
