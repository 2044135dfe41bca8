/**
 * What readers of a replica see of a history: always a beginning of it, per key and connection never less than before,
 * whatever happens to the link.
 */
import { setInterval } from 'node:timers/promises';
import {
  cut,
  expect,
  linkSeenDown,
  masterWithReplicas,
  type Node,
  noPings,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const KEYS = ['history:a', 'history:b', 'history:c'] as const;
const CONNECTIONS = 2;

test('lists that grow on the master, read on a replica through several cuts: always a prefix, never shorter than before [N13]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  const { master, replica } = pair;
  await using appends = append(master);
  await using reading = readers(replica);
  await reading.sees(30);

  for (let cuts = 1; cuts <= 3; cuts += 1) {
    const outage = await replica.link.apply(cut());
    await linkSeenDown(replica);
    const stoppedAt = await reading.shortest();
    await appends.reaches(appends.count + 30);
    expect(await reading.shortest(), 'read while it is cut off').toBe(stoppedAt);
    await outage.heal();
    await expect(replica).toResync('partial');
    await reading.sees(stoppedAt + 10);
  }

  await appends.stop();
  await expect(replica).toConvergeWith(master);
  await reading.stop();
  expect(reading.refusals()).toEqual([]);
  await mustBeOneHistory(master, appends.count, reading.all());
});

test.for([
  { mode: 'disabled', how: 'from its disk' },
  { mode: 'swapdb', how: 'beside what it has' },
])(
  'a full resync under readers, loaded $how: they jump ahead, but never see another history, nor less of it [N13]',
  async ({ mode }, { deployment }) => {
    const config = { ...noPings, 'repl-backlog-size': 16_384, 'repl-diskless-load': mode };
    await using pair = await deployment.start(masterWithReplicas(1, { config }));
    const { master, replica } = pair;
    await using appends = append(master);
    await using reading = readers(replica);
    await reading.sees(30);

    const outage = await replica.link.apply(cut());
    await linkSeenDown(replica);
    const stoppedAt = await reading.shortest();
    await writeBytes(master, { seed: 1, bytes: 200_000 });
    await appends.reaches(appends.count + 60);
    await outage.heal();
    await expect(replica).toResync('full', { reason: 'lack-of-backlog' });
    await reading.sees(stoppedAt + 20 + 10);

    await appends.stop();
    await expect(replica).toConvergeWith(master);
    await reading.stop();
    for (const refusal of reading.refusals()) expect(refusal).toMatch(/^LOADING /);
    await mustBeOneHistory(master, appends.count, reading.all());
  },
);

/** What a reader got of a key. */
interface Read {
  readonly reader: string;
  readonly key: string;
  readonly events: readonly string[];
}

/** Appends events to each key in turn. */
function append(master: Node) {
  return repeat(async (count) => {
    await master.call('RPUSH', KEYS[count % KEYS.length] as string, `event-${count}`);
  });
}

/** Connections that read all keys over and over, side by side. Errors that the replica answers are kept apart. */
function readers(replica: Node) {
  const reads: Read[] = [];
  const refusals: string[] = [];
  const all = Array.from({ length: CONNECTIONS }, (_, index) => {
    const connection = replica.dedicated();
    const work = repeat(async (count) => {
      const key = KEYS[count % KEYS.length] as string;
      try {
        const events = (await connection.call('LRANGE', key, 0, -1)) as string[];
        reads.push({ reader: `${index} ${key}`, key, events });
      } catch (thrown) {
        if (!(thrown instanceof Error) || thrown.name !== 'ReplyError') throw thrown;
        refusals.push(thrown.message);
      }
    });
    return { connection, work };
  });
  const each = async (what: (work: Repeated) => Promise<unknown>): Promise<void> => {
    await Promise.all(all.map(({ work }) => what(work)));
  };
  /** What the reader who has come least far saw last. */
  const shortest = (): number => {
    const last = new Map(reads.map(({ reader, events }) => [reader, events.length]));
    return last.size < CONNECTIONS * KEYS.length ? 0 : Math.min(...last.values());
  };
  const stop = async (): Promise<void> => {
    await each((work) => work.stop());
    for (const { connection } of all) connection[Symbol.dispose]();
  };
  return {
    all: () => reads,
    refusals: () => refusals,
    /** Waits until every connection has seen so much of every key. */
    sees: (atLeast: number) => each((work) => work.reaches(atLeast, shortest)),
    /** What is seen of the shortest key after every connection has read every key once more. */
    shortest: async (): Promise<number> => {
      await each((work) => work.reaches(work.count + KEYS.length + 1));
      return shortest();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Every read is a beginning of what the master has in the end, and none is shorter than that reader’s last of that key. */
async function mustBeOneHistory(
  master: Node,
  appended: number,
  reads: readonly Read[],
): Promise<void> {
  let events = 0;
  for (const key of KEYS) {
    const history = (await master.call('LRANGE', key, 0, -1)) as string[];
    events += history.length;
    const seen = new Map<string, number>();
    for (const { reader, events: read } of reads.filter((one) => one.key === key)) {
      expect(read).toEqual(history.slice(0, read.length));
      expect(read.length, `by ${reader}`).toBeGreaterThanOrEqual(seen.get(reader) ?? 0);
      seen.set(reader, read.length);
    }
    expect(seen.size).toBe(CONNECTIONS);
  }
  expect(events).toBe(appended);
}

type Repeated = ReturnType<typeof repeat>;

const EVERY_MS = 3;

/** Does something over and over, one after the other, until it is stopped, which passes on its error. */
function repeat(work: (count: number) => Promise<void>) {
  const stopping = new AbortController();
  let count = 0;
  let failed: { readonly error: unknown } | undefined;
  const done = (async () => {
    for await (const _ of setInterval(EVERY_MS)) {
      if (stopping.signal.aborted) return;
      await work(count);
      count += 1;
    }
  })().catch((error: unknown) => {
    failed = { error };
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
    if (failed !== undefined) throw failed.error;
  };
  return {
    get count() {
      return count;
    },
    /** Waits until something that this work moves has come so far. */
    reaches: (atLeast: number, counted = () => count) =>
      until(
        () => (failed === undefined ? counted() : Promise.reject(failed.error)),
        (now) => now >= atLeast,
        { what: `${atLeast} to be reached`, withinMs: 20_000, verdict: 'inconclusive' },
      ),
    stop,
    [Symbol.asyncDispose]: () => stop().catch(() => {}),
  };
}
