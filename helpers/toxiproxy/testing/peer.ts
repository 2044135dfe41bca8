import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../ports.ts';
import { until } from '../../until.ts';

/** How a peer saw its connection end: `end` is a FIN, `reset` a RST. */
export type Seen = 'open' | 'end' | 'reset' | 'closed';

/** One end of a TCP connection that remembers all it saw. */
export class Peer implements Disposable {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  receivedBytes = 0;
  #seen: Seen = 'open';
  #errorCode: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      this.#chunks.push(data);
      this.receivedBytes += data.length;
    });
    socket.on('end', () => {
      this.#seen = 'end';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#errorCode = error.code;
    });
    socket.on('close', () => {
      if (this.#errorCode === 'ECONNRESET') this.#seen = 'reset';
      else if (this.#seen === 'open') this.#seen = 'closed';
    });
  }

  /** What was seen of the other side so far. */
  get seen(): Seen {
    return this.#seen;
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Sizes of the reads, which TCP and the kernel may have merged. */
  get reads(): readonly number[] {
    return this.#chunks.map((chunk) => chunk.length);
  }

  send(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** Waits for so many bytes in all and returns everything received. */
  async hasReceived(bytes: number, withinMs = 10_000): Promise<Buffer> {
    await until(
      () => this.receivedBytes,
      (received) => received >= bytes,
      { what: `${bytes} bytes`, withinMs },
    );
    return this.received;
  }

  /** Waits until the other side ended, one way or another, and says how. */
  async hasSeenEnd(withinMs = 10_000): Promise<Seen> {
    return until(
      () => this.#seen,
      (seen) => seen !== 'open',
      { what: 'the end of the connection', withinMs },
    );
  }

  /** Closes the connection and forgets what came. */
  [Symbol.dispose](): void {
    this.socket.destroy();
    this.#chunks.length = 0;
  }
}

/** An upstream in this process that hands out each connection as a peer. */
export class Upstream implements AsyncDisposable {
  readonly peers: Peer[] = [];
  readonly #server: Server;
  readonly #host: string;

  private constructor(host: string) {
    this.#host = host;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.peers.push(new Peer(socket));
    });
  }

  static async listen(host = '127.0.0.1'): Promise<Upstream> {
    const upstream = new Upstream(host);
    const port = await freePort();
    upstream.#server.listen({ port, host: host === '127.0.0.1' ? host : '0.0.0.0' });
    await new Promise((resolve) => upstream.#server.once('listening', resolve));
    return upstream;
  }

  /** Where a proxy finds it. */
  get address(): string {
    const address = this.#server.address();
    return `${this.#host}:${typeof address === 'object' ? address?.port : address}`;
  }

  /** Waits for the connection with this number, from 1. */
  async peer(number: number): Promise<Peer> {
    const peers = await until(
      () => this.peers,
      ({ length }) => length >= number,
      {
        what: `connection ${number} to arrive upstream`,
        withinMs: 30_000,
        describe: () => `${this.peers.length} connections`,
      },
    );
    return peers[number - 1] as Peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.peers) peer[Symbol.dispose]();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Connects to `host:port`, from an address of this machine if one is given; the connection may be half-open. */
export async function dial(host: string, port: number, from?: string): Promise<Peer> {
  const origin = from === undefined ? {} : { localAddress: from };
  const socket = connect({ host, port, allowHalfOpen: true, ...origin });
  const peer = new Peer(socket);
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return peer;
}
