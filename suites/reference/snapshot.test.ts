import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { useClock } from '../../fixtures/reference/testing/differential/chance.ts';
import { type Command, Generator } from '../../fixtures/reference/testing/differential/generate.ts';
import { readGrammar } from '../../fixtures/reference/testing/differential/grammar.ts';
import { isLeftOut } from '../../fixtures/reference/testing/differential/left-out.ts';
import { type Program, REFERENCE, Subject } from '../../fixtures/reference/testing/subject.ts';
import type { Session } from '../../helpers/deployment/session/session.ts';
import type { Call } from '../../helpers/observe/call.ts';
import { differencesBetween } from '../../helpers/observe/dataset-differences.ts';
import { Ports } from '../../helpers/ports.ts';
import { type Random, seeded } from '../../helpers/random.ts';
import { until } from '../../helpers/until.ts';
import { test } from './session.ts';

useClock(() => Date.now());

const REPLICAS = 6;
/** Commands of a batch: any on a few keys, and those that would show if they came twice or not at all. */
const DRAWN = 50;
const APPENDED = 50;
/** So many keys that a transfer takes many turns of the event loop, each with writes in it. */
const FILLERS = 20_000;
const MOVES_FILLERS = new Set(['FLUSHALL', 'FLUSHDB', 'SWAPDB']);
const OPTIONS = {
  'enable-debug-command': 'yes',
  'repl-diskless-sync-delay': '0',
  'repl-ping-replica-period': '3600',
  // As a listpack a zset loses the sign of a score of -0: what it is differs after an RDB, among Redis servers, too.
  'zset-max-listpack-entries': '0',
};

test.for([
  ['no', 'disabled'],
  ['yes', 'swapdb'],
] as const)(
  'the RDB is the data at the announced offset, whatever is written meanwhile: repl-diskless-sync %s, repl-diskless-load %s',
  async ([sync, load], { session, redis, seed }) => {
    await using ports = await Ports.reserve();
    const random = seeded(seed).fork(sync);
    const port = String(await ports.next());
    const server = (name: string, program: Program, options: Record<string, string>) =>
      Subject.start(session, name, program, { ...OPTIONS, ...options });
    await using master = await server('master', REFERENCE, { port, 'repl-diskless-sync': sync });
    await master.ask('DEBUG', 'POPULATE', String(FILLERS), 'filler', '100');
    await using writes = await Writes.start(master, await drawer(session, redis, random));
    await using replicas = new AsyncDisposableStack();
    const following: Subject[] = [];
    for (let index = 0; index < REPLICAS; index++) {
      await writes.goesOn(random.integer(1, 20));
      const replica = await server(`replica ${index}`, index % 2 === 0 ? redis : REFERENCE, {
        replicaof: `127.0.0.1 ${port}`,
        'repl-diskless-load': load,
      });
      following.push(replicas.use(replica));
      await until(() => linkOf(replica), isUp, {
        what: `${replica.name} to have the data`,
        withinMs: 20_000,
        verdict: 'liveness',
      });
    }
    await writes.goesOn(5);
    await writes.stop();

    for (const replica of following) {
      const [ofMaster, ofReplica] = await until(
        () => Promise.all([stateOf(master), stateOf(replica)]),
        ([one, other]) => one !== undefined && one.offset === other?.offset,
        {
          what: `${replica.name} to be where its master is`,
          withinMs: 20_000,
          verdict: 'liveness',
        },
      );
      if (ofReplica?.digest !== ofMaster?.digest) {
        expect(await differences(master, replica), `${replica.name} holds other data`).toEqual([]);
      }
      expect(ofReplica?.digest, replica.name).toBe(ofMaster?.digest);
    }
  },
);

interface Link {
  readonly isUp: boolean;
  readonly offset: number;
}

const isUp = (link: Link): boolean => link.isUp;

async function linkOf(node: Subject): Promise<Link> {
  const info = await node.ask('INFO', 'replication');
  return {
    isUp: info.includes('master_link_status:up'),
    offset: Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1]),
  };
}

/** The data at one offset; nothing if that moved meanwhile: keys that end are deleted by commands, too. */
async function stateOf(node: Subject) {
  const { offset } = await linkOf(node);
  const digest = await node.ask('DEBUG', 'DIGEST');
  return (await linkOf(node)).offset === offset ? { offset, digest } : undefined;
}

/** What differs, key by key. Nothing, where the digests see what no command tells. */
async function differences(master: Subject, replica: Subject): Promise<string[]> {
  using ofMaster = connection(master);
  using ofReplica = connection(replica);
  return (await differencesBetween(ofMaster.call, ofReplica.call)).differences;
}

function connection({ path }: Subject): Disposable & { readonly call: Call } {
  const client = new Redis({ path, protocol: 2 });
  return {
    call: (command, ...args) => client.callBuffer(command, args),
    [Symbol.dispose]: () => client.disconnect(),
  };
}

/** Draws commands that a Redis says there are; those about time and chance are written so that they are known. */
async function drawer(
  session: Session,
  redis: Program,
  random: Random,
): Promise<() => readonly Command[]> {
  await using teacher = await Subject.start(session, 'teacher', redis);
  const grammar = await readGrammar(teacher.path);
  const generator = new Generator(
    grammar.filter(({ words: [name = ''] }) => !isLeftOut(name) && !MOVES_FILLERS.has(name)),
    random.fork('writes'),
  );
  const append = (): Command => ['APPEND', `filler:${random.integer(0, FILLERS - 1)}`, '+'];
  const drawn = () => generator.sequence(DRAWN).filter((command) => !growsInVain(command));
  return () => [...Array.from({ length: APPENDED }, append), ...drawn()];
}

/** Redis from 7.0 on does not replicate what a BITFIELD whose writes all fail makes of its key (redis/redis#15599). */
function growsInVain([name = '', ...words]: Command): boolean {
  return /^bitfield$/i.test(name) && words.some((word) => /^fail$/i.test(word));
}

/** One client that writes batch after batch without a break. */
class Writes implements AsyncDisposable {
  #batches = 0;
  #isStopped = false;
  readonly #run: Promise<void>;

  private constructor(run: (writes: Writes) => Promise<void>) {
    this.#run = run(this);
    // Seen by whoever stops it.
    this.#run.catch(() => {});
  }

  static async start(master: Subject, draw: () => readonly Command[]): Promise<Writes> {
    const client = await master.connect();
    return new Writes(async (writes) => {
      while (!writes.#isStopped) {
        await client.pipeline([...draw(), ['RESET']], '+RESET\r\n');
        writes.#batches++;
      }
    });
  }

  async goesOn(batches: number): Promise<void> {
    const wanted = this.#batches + batches;
    await until(
      () => this.#batches,
      (done) => done >= wanted,
      { what: `${batches} batches more`, withinMs: 30_000, verdict: 'inconclusive' },
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#run.catch(() => {});
  }
}
