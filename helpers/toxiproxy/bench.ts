import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Toxiproxy } from 'toxiproxy-node-client';
import { findProgram } from '../deployment/targets/binary.ts';
import { ChaosError } from '../errors.ts';
import { median } from '../median.ts';
import { type Program, startEmbedded, startReal } from './testing/program.ts';

/** One path from client to server and back, measured on one connection without toxics. */
export interface PathSpeed {
  /** Million bytes per second, one way. */
  readonly throughputMBps: number;
  /** Median time of a 64 byte question and its answer, in microseconds. */
  readonly roundTripP50Us: number;
}

/** Speeds of the same paths in one run: straight, through Toxiproxy, through the embedded server. */
export interface ToxiproxyBench {
  readonly direct: PathSpeed;
  /** Undefined when there is no `toxiproxy-server` on the PATH. */
  readonly real: PathSpeed | undefined;
  readonly embedded: PathSpeed;
  /** Throughput of the embedded server by that of the real one. */
  readonly throughputRatio: number | undefined;
  /** What the embedded server adds to a round trip by what the real one adds. */
  readonly addedLatencyRatio: number | undefined;
}

const ROUNDS = 5;
const TRANSFER_BYTES = 512 * 1024 * 1024;
const BLOCK = Buffer.alloc(256 * 1024, 'x');
const ROUND_TRIPS = 4_000;
const WARM_UP_ROUND_TRIPS = 500;
const QUESTION = Buffer.alloc(64, 'q');
const LOOPBACK = '127.0.0.1';

/**
 * Measures both servers, each as a process of its own, and the bare loopback. Rounds alternate between
 * the paths and the median counts, so that a busy moment of the machine hits all alike.
 */
export async function benchToxiproxy(): Promise<ToxiproxyBench> {
  await using upstream = await startUpstream();
  await using embedded = await proxied(await startEmbedded(), upstream.port);
  const program = findProgram('toxiproxy-server');
  await using real =
    program === undefined ? undefined : await proxied(await startReal(program), upstream.port);
  const paths = { direct: upstream.port, embedded: embedded.port, real: real?.port };
  const samples = new Map<string, PathSpeed[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, port] of Object.entries(paths)) {
      if (port === undefined) continue;
      const speed = {
        throughputMBps: await throughput(port),
        roundTripP50Us: await roundTrip(port),
      };
      samples.set(name, [...(samples.get(name) ?? []), speed]);
    }
  }
  const direct = medianSpeed(samples.get('direct') ?? []);
  const ours = medianSpeed(samples.get('embedded') ?? []);
  const theirs = real === undefined ? undefined : medianSpeed(samples.get('real') ?? []);
  return {
    direct,
    embedded: ours,
    real: theirs,
    throughputRatio: theirs && ours.throughputMBps / theirs.throughputMBps,
    addedLatencyRatio:
      theirs &&
      (ours.roundTripP50Us - direct.roundTripP50Us) /
        (theirs.roundTripP50Us - direct.roundTripP50Us),
  };
}

interface Port extends AsyncDisposable {
  readonly port: number;
}

/** Answers the first byte of a connection: `q` by an echo of everything, `t` by the transfer. */
async function startUpstream(): Promise<Port> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', (first) => {
      if (first[0] === QUESTION[0]) {
        socket.write(first);
        socket.on('data', (data) => socket.write(data));
      } else void transfer(socket);
    });
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new ChaosError('environment', 'bench upstream: the system gave no port');
  }
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function transfer(socket: Socket): Promise<void> {
  for (let sent = 0; sent < TRANSFER_BYTES; sent += BLOCK.length) {
    if (!socket.write(BLOCK)) await once(socket, 'drain');
  }
  socket.end();
}

async function throughput(port: number): Promise<number> {
  let received = 0;
  // One buffer for every read: what is measured is the path, not this process's allocator.
  const onread = {
    buffer: Buffer.alloc(256 * 1024),
    callback: (bytes: number) => {
      received += bytes;
      return true;
    },
  };
  const socket = connect({ host: LOOPBACK, port, onread });
  await once(socket, 'connect');
  const startedAt = performance.now();
  socket.write('t');
  await once(socket, 'close');
  if (received !== TRANSFER_BYTES) {
    throw new ChaosError('environment', `bench: ${received} of ${TRANSFER_BYTES} bytes arrived`);
  }
  return received / 1_000 / (performance.now() - startedAt);
}

async function roundTrip(port: number): Promise<number> {
  const socket = connect({ host: LOOPBACK, port, noDelay: true });
  await once(socket, 'connect');
  const times: number[] = [];
  await new Promise<void>((resolve, reject) => {
    let askedAt = 0;
    let answered = 0;
    const ask = () => {
      askedAt = performance.now();
      answered = 0;
      socket.write(QUESTION);
    };
    socket.on('error', reject);
    socket.on('data', ({ length }) => {
      answered += length;
      if (answered < QUESTION.length) return;
      times.push(performance.now() - askedAt);
      if (times.length === WARM_UP_ROUND_TRIPS + ROUND_TRIPS) resolve();
      else ask();
    });
    ask();
  });
  socket.destroy();
  return median(times.slice(WARM_UP_ROUND_TRIPS)) * 1_000;
}

/** Puts one proxy to the upstream on a server that was just started. */
async function proxied(program: Program, upstreamPort: number): Promise<Port> {
  const proxy = await new Toxiproxy(program.url).createProxy({
    name: 'bench',
    listen: `${LOOPBACK}:0`,
    upstream: `${LOOPBACK}:${upstreamPort}`,
  });
  return {
    port: Number(proxy.listen.split(':').at(-1)),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

function medianSpeed(speeds: readonly PathSpeed[]): PathSpeed {
  return {
    throughputMBps: median(speeds.map(({ throughputMBps }) => throughputMBps)),
    roundTripP50Us: median(speeds.map(({ roundTripP50Us }) => roundTripP50Us)),
  };
}
