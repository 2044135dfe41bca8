import { createConnection, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectByTls } from 'node:tls';

/** A TCP endpoint. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** How to speak TLS there. Absent: nobody does. */
  readonly tls?: ConnectionOptions;
}

export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`;
}

/** Connects a client of the test. What is written before the connection is there goes out when it is. */
export function connectTo({ tls, host, port }: Address): Socket {
  const socket =
    tls === undefined ? createConnection({ host, port }) : connectByTls({ host, port, ...tls });
  return socket.setNoDelay(true);
}
