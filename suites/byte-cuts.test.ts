/**
 * Links that end behind a certain byte of what the master says. Each connection ends there, again and again, until the
 * link is healed: whatever was lost on the way must come once, and whole.
 */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  cut,
  type Deployment,
  expect,
  latency,
  limitData,
  masterWithReplicas,
  type Node,
  noPings,
  streamFrom,
  test,
  topology,
  until,
} from '../helpers/suite.ts';

const COUNTS = 100;
/** A longer name than fits into any of the limits below: the first INCR is cut off, too. */
const COUNT = 'count-of-writes'.padEnd(100, '.');

/** A master begins with +PONG and an answer to each REPLCONF; before the stream comes the answer to PSYNC. */
test.for([
  { inside: 'the answer to PING', bytes: 3 },
  { inside: 'the second answer to REPLCONF', bytes: 14 },
  { inside: 'the answer to PSYNC', bytesLeft: 40 },
])(
  'links that end inside $inside: a replica keeps its place, a newcomer its data, until they are healed [N3]',
  async ({ inside, bytes, bytesLeft = 0 }, { deployment }) => {
    const [isPing, isHeard] = [inside.endsWith('PING'), inside.endsWith('PSYNC')];
    await using all = await deployment.start(
      topology([
        { name: 'master', config: noPings },
        { name: 'replica', replicaOf: 'master' },
        { name: 'newcomer' },
      ]),
    );
    const { master, replica } = all;
    const newcomer = all.node('newcomer');
    await newcomer.call('SET', 'own', '1');
    await master.call('INCR', COUNT);
    await expect(replica).toConvergeWith(master);
    const { counters: before } = await master.snapshot();

    const links = [replica.link, await all.link(newcomer, master)];
    const attempts = replica.attemptsToConnect().length;
    const faults = [];
    const limit = bytes ?? (await streamFrom(master, replica)) - bytesLeft;
    for (const link of links) {
      faults.push(await link.apply(limitData('downstream', { bytes: limit })));
    }
    await newcomer.replicaOf(master);
    for (let count = 1; count < COUNTS; count += 1) await master.call('INCR', COUNT);
    await triesInVain(newcomer, 0);
    await triesInVain(replica, attempts);

    expect(await replica.call('GET', COUNT)).toBe('1');
    expect(await newcomer.call('GET', 'own')).toBe('1');
    const { counters } = await master.snapshot();
    const heard = counters.partialOk + counters.partialErr - before.partialOk - before.partialErr;
    if (isHeard) expect(heard).toBeGreaterThanOrEqual(2);
    else expect(counters).toEqual(before);
    for (const fault of faults) await fault.heal();

    for (const one of [replica, newcomer]) await expect(one).toConvergeWith(master);
    expect(await replica.call('GET', COUNT)).toBe(String(COUNTS));
    expect(await newcomer.call('EXISTS', 'own')).toBe(0);
    await expect(newcomer).toResync('full', { times: 'any' });
    if (isPing || can(await replica.snapshot(), 'psync-asked-again')) {
      await expect(replica).toResync('partial', { times: 'any' });
    } else {
      await all.logsComplete();
      const kinds = all.unjudgedResyncsOf(replica).map(({ kind }) => kind);
      expect(kinds.at(-1), 'its history is given up').toBe('full');
    }
  },
);

/** A replica whose stream ends asks again at once: without this, hundreds of times a second. */
const SLOW = latency('downstream', { latencyMs: 100 });

/** Four places in so many bytes of the stream: the first bytes, the middle, before the last one, and behind it. */
const places = (bytes: number) => [10, Math.trunc(bytes / 2), bytes - 1, bytes];

test('links that end inside a command: it is not applied until it is there whole, and then once [N3]', async ({
  deployment,
}) => {
  await using all = await deployment.start(masterWithReplicas(4, { config: noPings }));
  const { master, replicas } = all;
  await master.call('RPUSH', 'list', 'first');

  const { ends } = await endInside(all, () => master.call('RPUSH', 'list', 'x'.repeat(100)));
  for (const replica of replicas) await asksAgain(all, replica);

  expect(await lengths(replicas)).toEqual([1, 1, 1, 2]);
  // What ends them first, while they are slow.
  for (const end of ends.reverse()) await end.heal();
  await continued(all);
  expect(await lengths(replicas)).toEqual([2, 2, 2, 2]);
});

const MEMBERS = Array.from({ length: 50 }, (_, index) => `member:${index}`);

test('links that end inside a transaction: readers see all of it or nothing [N3]', async ({
  deployment,
}) => {
  await using all = await deployment.start(masterWithReplicas(4, { config: noPings }));
  const { master, replicas } = all;
  await master.call('MSET', ...MEMBERS.flatMap((member) => [member, 'old']));

  const { ends, from, to } = await endInside(all, async () => {
    using client = master.dedicated();
    await client.call('MULTI');
    for (const member of MEMBERS) await client.call('SET', member, 'new');
    await client.call('EXEC');
  });
  const reads = await Promise.all(replicas.map((replica) => asksAgain(all, replica)));

  expect(reads.map((ofOne) => ofOne.at(-1))).toEqual(['old', 'old', 'old', 'new']);
  const offsets = await Promise.all(replicas.map(async (one) => (await one.snapshot()).offset));
  expect(offsets).toEqual([from, from, from, to]);
  // What ends them first, while they are slow.
  for (const end of ends.reverse()) await end.heal();
  for (const replica of replicas) reads.push(await readUntilNew(replica));
  expect(new Set(reads.flat())).toEqual(new Set(['old', 'new']));
  await continued(all);
});

/**
 * Has all replicas miss what is written, and then get it over links that end at one of the `places` in it, a replica
 * each. `from` and `to` are the offsets before and after it.
 */
async function endInside(all: Deployment, write: () => Promise<unknown>) {
  const { master, replicas } = all;
  for (const replica of replicas) await expect(replica).toConvergeWith(master);
  const outages = [];
  for (const { link } of replicas) outages.push(await link.apply(cut()));
  const { offset: from } = await master.snapshot();
  await write();
  const { offset: to } = await master.snapshot();
  const ends = [];
  for (const [index, place] of places(to - from).entries()) {
    const replica = replicas[index] as Node;
    const bytes = (await streamFrom(master, replica)) + place;
    for (const fault of [SLOW, limitData('downstream', { bytes })]) {
      ends.push(await replica.link.apply(fault, { unproven: true }));
    }
  }
  for (const outage of outages) await outage.heal();
  return { ends, from, to };
}

/** Waits until a replica has been sent the stream twice: it was cut off. Returns what was read of it meanwhile. */
async function asksAgain(all: Deployment, replica: Node): Promise<string[]> {
  const reads: string[] = [];
  await until(
    async () => {
      reads.push(await read(replica));
      return all.unjudgedResyncsOf(replica).length;
    },
    (resyncs) => resyncs >= 2,
    { what: `${replica.name} to be cut off and ask again`, withinMs: 15_000 },
  );
  return [...reads, await read(replica)];
}

/** Reads until the transaction is there, and returns all that was read. */
async function readUntilNew(replica: Node): Promise<string[]> {
  const reads: string[] = [];
  await until(
    async () => {
      reads.push(await read(replica));
      return reads.at(-1);
    },
    (last) => last === 'new',
    { what: `${replica.name} to apply the transaction`, withinMs: 15_000 },
  );
  return reads;
}

/** What the members of the transaction hold at one moment: one word, unless it is half of it. */
async function read(replica: Node): Promise<string> {
  return [...new Set((await replica.call('MGET', ...MEMBERS)) as string[])].join(' and ');
}

async function lengths(replicas: readonly Node[]): Promise<unknown[]> {
  return await Promise.all(replicas.map((replica) => replica.call('LLEN', 'list')));
}

/** Every replica comes to hold what its master does, and never needed more than the bytes that it missed. */
async function continued(all: Deployment): Promise<void> {
  for (const replica of all.replicas) {
    await expect(replica).toConvergeWith(all.master);
    await expect(replica).toResync('partial', { times: 'any' });
  }
}

/** Waits until a replica has begun to connect twice more than it had: once in vain. */
async function triesInVain(replica: Node, attempts: number): Promise<void> {
  await until(
    () => replica.attemptsToConnect().length,
    (now) => now >= attempts + 2,
    { what: `${replica.name} to try again`, withinMs: 15_000 },
  );
}
