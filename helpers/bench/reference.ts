import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Child } from '../deployment/processes/child.ts';
import { findProgram } from '../deployment/targets/binary.ts';
import { REFERENCE } from '../deployment/targets/reference.ts';
import { median } from '../median.ts';
import { Ports } from '../ports.ts';
import { now } from '../timeline.ts';
import { until } from '../until.ts';
import { fillStrings } from './fill-strings.ts';
import { longestSilenceMs } from './longest-silence.ts';

const ROUNDS = 5;
const CLIENTS = 50;
const REQUESTS = 200_000;
const PIPELINE = 16;
const KEYS = 1_000_000;
const VALUE_BYTES = 100;

/** The reference as a share of Redis, on this machine, in turns: medians of the rounds. */
export interface ReferenceBench {
  readonly set: number;
  readonly get: number;
  readonly setPipelined: number;
  readonly getPipelined: number;
  /** Each with one replica of its own kind. */
  readonly setWithReplica: number;
  readonly getWithReplica: number;
  /** Speed of a full resync of a million keys of 100 bytes, each with a Redis as replica. */
  readonly fullResync: number;
  /** Milliseconds: the longest that the reference left a PING unanswered meanwhile. */
  readonly longestSilenceMs: number;
  /** Resident memory with that dataset, as a multiple of Redis's. */
  readonly memory: number;
}

/** Measures with redis-benchmark. Undefined where it or redis-server is not on the PATH. */
export async function benchReference(): Promise<ReferenceBench | undefined> {
  const [redis, benchmark] = ['redis-server', 'redis-benchmark'].map((name) => findProgram(name));
  if (redis === undefined || benchmark === undefined) return undefined;
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-bench-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const ports = resources.use(await Ports.reserve());
  const start = async (command: readonly [string, ...string[]], master?: Subject) =>
    resources.use(await Subject.start(command, folder, await ports.next(), master));

  const ours = await start(REFERENCE.command);
  const theirs = await start([redis]);
  const run = (words: readonly string[]) =>
    inTurns(ours, theirs, (subject) => benchmarkOf(benchmark, subject, words));
  const plain = await run([]);
  const pipelined = await run(['-P', String(PIPELINE)]);
  await start(REFERENCE.command, ours);
  await start([redis], theirs);
  const replicated = await run([]);

  const [mine, other] = [await start(REFERENCE.command), await start([redis])];
  for (const subject of [mine, other]) await fillStrings(subject.port, KEYS, VALUE_BYTES);
  const memory = (await mine.residentBytes()) / (await other.residentBytes());
  const silence = longestSilenceMs(mine.port);
  const [oursMs, theirsMs] = [
    await resyncMs(() => start([redis], mine)),
    await resyncMs(() => start([redis], other)),
  ];
  return {
    set: plain.set,
    get: plain.get,
    setPipelined: pipelined.set,
    getPipelined: pipelined.get,
    setWithReplica: replicated.set,
    getWithReplica: replicated.get,
    fullResync: theirsMs / oursMs,
    longestSilenceMs: await silence.end(),
    memory,
  };
}

/** A server under measurement. */
class Subject implements AsyncDisposable {
  readonly port: number;
  readonly client: Redis;
  readonly #child: Child;

  private constructor(port: number, child: Child) {
    this.port = port;
    this.#child = child;
    this.client = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null });
    this.client.on('error', () => {});
  }

  static async start(
    [program, ...args]: readonly [string, ...string[]],
    cwd: string,
    port: number,
    master: Subject | undefined,
  ): Promise<Subject> {
    const options = ['--port', String(port), '--save', '', '--repl-diskless-sync-delay', '0'];
    const replicaOf = master === undefined ? [] : ['--replicaof', '127.0.0.1', String(master.port)];
    const file = ['--dbfilename', `${port}.rdb`];
    const child = await Child.start(program, [...args, ...options, ...file, ...replicaOf], {
      cwd,
      output: () => {},
    });
    const subject = new Subject(port, child);
    await until(
      () => subject.client.info('replication'),
      (info) => master === undefined || info.includes('master_link_status:up'),
      { what: `${program} on port ${port} to be ready`, withinMs: 120_000, verdict: 'environment' },
    );
    return subject;
  }

  async residentBytes(): Promise<number> {
    const info = await this.client.info('memory');
    return Number(/used_memory_rss:(\d+)/.exec(info)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.disconnect();
    await this.#child.end('SIGKILL', 10_000);
  }
}

interface Rates {
  readonly set: number;
  readonly get: number;
}

/** Ours by theirs, turn by turn, so that a busy moment meets both. */
async function inTurns(
  ours: Subject,
  theirs: Subject,
  measure: (subject: Subject) => Promise<Rates>,
): Promise<Rates> {
  const shares: Rates[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [mine, other] = [await measure(ours), await measure(theirs)];
    shares.push({ set: mine.set / other.set, get: mine.get / other.get });
  }
  return { set: median(shares.map(({ set }) => set)), get: median(shares.map(({ get }) => get)) };
}

async function benchmarkOf(
  program: string,
  { port }: Subject,
  words: readonly string[],
): Promise<Rates> {
  const fixed = ['-p', String(port), '-c', String(CLIENTS), '-n', String(REQUESTS)];
  const { stdout } = await promisify(execFile)(program, [
    ...fixed,
    ...words,
    '-t',
    'set,get',
    '--csv',
  ]);
  const rate = (test: string) => Number(new RegExp(`"${test}","([\\d.]+)"`).exec(stdout)?.[1]);
  return { set: rate('SET'), get: rate('GET') };
}

/** From the start of a replica to the end of its full resync, what an empty one takes included. */
async function resyncMs(startReplica: () => Promise<Subject>): Promise<number> {
  const startedAtMs = now();
  await using replica = await startReplica();
  const readyMs = now() - startedAtMs;
  const keys = await replica.client.dbsize();
  if (keys !== KEYS) throw new Error(`the replica holds ${keys} keys, expected ${KEYS}`);
  return readyMs;
}
