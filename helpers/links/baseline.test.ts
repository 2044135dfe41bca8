import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../ports.ts';
import { baseline } from './baseline.ts';
import { PING } from './probe.ts';

/** Answers after `delayMs()`. */
async function answering(delayMs: () => number) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => setTimeout(() => socket.write('+PONG\r\n'), delayMs()));
  });
  server.listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port },
    [Symbol.dispose]: () => void server.close(),
  };
}

const question = { ...PING, withinMs: 5_000 };

test('what a busy machine adds is not held against the next fault', async () => {
  let delayMs = 0;
  using server = await answering(() => delayMs);
  const quiet = await baseline(server.address, question, 0);

  delayMs = 300;
  const busy = await baseline(server.address, question, 0);
  expect(busy.afterMs).toBeLessThanOrEqual(quiet.afterMs);

  const faulted = await baseline(server.address, question, 100);
  expect(faulted.afterMs).toBeGreaterThanOrEqual(100);
  expect(faulted.afterMs).toBeLessThanOrEqual(quiet.afterMs + 100);
});

test('what is faster than ever counts from then on', async () => {
  let delayMs = 50;
  using server = await answering(() => delayMs);
  const other = { ...question, request: Buffer.from('PING other\r\n') };
  expect((await baseline(server.address, other, 0)).afterMs).toBeGreaterThanOrEqual(49);
  delayMs = 0;
  const faster = await baseline(server.address, other, 0);
  delayMs = 50;
  expect((await baseline(server.address, other, 0)).afterMs).toBe(faster.afterMs);
});

test('while a machine is too busy for an answer below a bound, it is asked again', async () => {
  let slowAnswers = Number.POSITIVE_INFINITY;
  using server = await answering(() => {
    slowAnswers -= 1;
    return slowAnswers >= 0 ? 60 : 0;
  });
  const longer = { ...question, request: Buffer.from('PING a third time\r\n') };
  expect((await baseline(server.address, longer, 0)).afterMs).toBeGreaterThanOrEqual(59);
  slowAnswers = 6;
  expect((await baseline(server.address, longer, 0, 50)).afterMs).toBeLessThan(50);
});
