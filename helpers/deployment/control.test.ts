import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { expect, test } from 'vitest';
import { Control } from './control.ts';

const KEY = Buffer.alloc(16, 1);
const SERVER: TlsOptions = { ciphers: 'PSK', pskCallback: () => KEY };
const CLIENT: ConnectionOptions = {
  ciphers: 'PSK',
  pskCallback: () => ({ psk: KEY, identity: 'test' }),
  checkServerIdentity: () => undefined,
};
const ANSWERS_AFTER_MS = 20;
const COMMAND = /\*\d+\r\n\$\d+\r\n(\w+)/g;

test('over TLS each command waits for the reply to the one before, an error or not', async () => {
  const most = mostAtOnce();
  using server = await listening(createTlsServer(SERVER, most.serve));
  using control = server.control(CLIENT);

  const replies = await Promise.allSettled(
    ['ONE', 'FAIL', 'TWO', 'THREE'].map((name) => control.call(name)),
  );

  expect(replies.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(most.waited).toBe(1);
});

test('what waits for its turn ends with the connection, and opens no other', async () => {
  using server = await listening(createTlsServer(SERVER, mostAtOnce().serve));
  const control = server.control(CLIENT);
  await control.call('ONE');
  const replies = Promise.allSettled(['TWO', 'THREE'].map((name) => control.call(name)));

  control[Symbol.dispose]();

  expect((await replies).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(server.connections()).toBe(1);
});

test('over TCP commands do not wait', async () => {
  const most = mostAtOnce();
  using server = await listening(createServer(most.serve));
  using control = server.control();

  await Promise.all(['ONE', 'TWO', 'THREE'].map((name) => control.callBuffer(name)));

  expect(most.waited).toBe(3);
});

/** A server that takes its time, and counts how many commands wait for it. */
function mostAtOnce() {
  let waiting = 0;
  const most = {
    waited: 0,
    serve(socket: Socket): void {
      socket.on('error', () => {});
      socket.on('data', (data: Buffer) => {
        for (const [, name] of data.toString().matchAll(COMMAND)) {
          waiting += 1;
          most.waited = Math.max(most.waited, waiting);
          setTimeout(() => {
            waiting -= 1;
            socket.write(name === 'FAIL' ? '-ERR\r\n' : '+OK\r\n');
          }, ANSWERS_AFTER_MS);
        }
      });
    },
  };
  return most;
}

async function listening(server: Server) {
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connections: () => connections,
    control: (tls?: ConnectionOptions) =>
      new Control(() => ({ host: '127.0.0.1', port, ...(tls && { tls }) }), {
        commandTimeoutMs: 5_000,
      }),
    [Symbol.dispose]: () => {
      server.close();
    },
  };
}
