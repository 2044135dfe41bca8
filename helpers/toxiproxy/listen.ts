import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { bindError, formatAddress, listenOptions, resolveAddress } from './address.ts';

/** Write buffer of a socket in front of the kernel's: large enough that a fast reader never stops the flow. */
const HIGH_WATER_MARK_BYTES = 256 * 1024;
/** Go, and so Toxiproxy, sets no delay and this keep-alive on every TCP connection. */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  highWaterMark: HIGH_WATER_MARK_BYTES,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 15_000,
};

/** An address that is listened on. */
export interface Listening {
  /** As Toxiproxy shows it: `127.0.0.1:8666`, `[::]:8666`. */
  readonly address: string;
  /** Takes no new connections; those there are live on. */
  close(): void;
}

/** Listens on `host:port` and hands over every connection, paused. Throws `listen tcp ...` when that cannot be done. */
export async function listen(text: string, accept: (client: Socket) => void): Promise<Listening> {
  const address = await resolveAddress(text).catch((cause: Error) => {
    throw new Error(`listen tcp: ${cause.message}`, { cause });
  });
  const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, accept);
  server.listen(listenOptions(address));
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw bindError(address, cause as NodeJS.ErrnoException);
  }
  // A client that cannot be accepted, for want of file descriptors say, does not end the proxy.
  server.on('error', () => {});
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('listen tcp: no address');
  return { address: formatAddress(bound.address, bound.port), close: () => server.close() };
}
