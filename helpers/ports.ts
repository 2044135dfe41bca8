import { createServer, type Server } from 'node:net';
import { ChaosError } from './errors.ts';

/**
 * Below the range from which kernels draw ports for outgoing connections, so that none of those can
 * take a port between a server's stop and its restart.
 */
const FIRST_PORT = 24_000;
/** More than a deployment with five Sentinels has servers, links and announced addresses. */
const BLOCK_PORTS = 100;
const BLOCKS = 80;

/**
 * Ports on loopback that no other session on this machine uses. A session has a block of its own and
 * listens on the first port of it, so that the kernel keeps the reservation exactly as long as we live.
 */
export class Ports implements AsyncDisposable {
  readonly #reservation: Server;
  readonly #first: number;
  #given = 0;

  private constructor(reservation: Server, first: number) {
    this.#reservation = reservation;
    this.#first = first;
  }

  /**
   * Begins to look at a block of the process's own, and not at the first: that of a run that was killed is free before all its
   * servers are gone, and a Sentinel of it would promote whatever it finds at a port that it knows.
   */
  static async reserve(): Promise<Ports> {
    for (let tried = 0; tried < BLOCKS; tried += 1) {
      const first = FIRST_PORT + ((process.pid + tried) % BLOCKS) * BLOCK_PORTS;
      const reservation = await listen(first);
      if (reservation !== undefined) {
        reservation.unref();
        return new Ports(reservation, first);
      }
    }
    throw new ChaosError(
      'environment',
      `no block of ${BLOCK_PORTS} ports is free on 127.0.0.1 from ${FIRST_PORT} on: other runs or programs hold all ${BLOCKS}`,
    );
  }

  /** The next port of the block, round and round, that nothing on this machine listens on. */
  async next(): Promise<number> {
    for (let tries = 1; tries < BLOCK_PORTS; tries += 1) {
      const port = this.#first + 1 + (this.#given++ % (BLOCK_PORTS - 1));
      const probe = await listen(port);
      if (probe !== undefined) {
        await close(probe);
        return port;
      }
    }
    throw new ChaosError(
      'environment',
      `no free port on 127.0.0.1 from ${this.#first + 1} to ${this.#first + BLOCK_PORTS - 1}: other programs listen on all of them`,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return close(this.#reservation);
  }
}

let ours: Promise<Ports> | undefined;

/**
 * A port of this process's own block. Tests listen on such ones, and not on those that the system picks: a client
 * that goes on trying a server of some other test, gone by now, would find this one's in its place.
 */
export async function freePort(): Promise<number> {
  ours ??= Ports.reserve();
  return (await ours).next();
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    // Whoever connects by mistake is sent away at once: it would keep the port from being given back.
    const server = createServer((stranger) => stranger.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
