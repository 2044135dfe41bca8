/**
 * What a replica answers while its link is down. In production: read from replicas only what may be old, and have those that must
 * not serve it say `replica-serve-stale-data no`; let clients look at `master_link_status` and `master_last_io_seconds_ago`, since a
 * link that is silent counts as up until repl-timeout is over.
 */
import { setInterval } from 'node:timers/promises';
import {
  cut,
  expect,
  fill,
  masterWithReplicas,
  type Node,
  noPings,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

test('replica-serve-stale-data: while the link is cut one replica serves old data, the other says MASTERDOWN [N17] [N20]', async ({
  deployment,
}) => {
  const says = (answer: 'yes' | 'no'): Record<string, string> => ({
    'replica-serve-stale-data': answer,
  });
  await using three = await deployment.start(
    topology([
      { name: 'master' },
      { name: 'serves', replicaOf: 'master', config: says('yes') },
      { name: 'refuses', replicaOf: 'master', config: says('no') },
    ]),
  );
  const [serves, refuses] = [three.node('serves'), three.node('refuses')];
  await three.master.call('SET', 'key', 'old');
  for (const replica of three.replicas) {
    await expect(replica).toConvergeWith(three.master);
    expect(await replica.call('GET', 'key')).toBe('old');
  }

  const outages = await Promise.all(three.replicas.map(({ link }) => link.apply(cut())));
  await Promise.all(three.replicas.map(knowsItsLinkIsDown));
  await three.master.call('SET', 'key', 'new');

  expect(await serves.call('GET', 'key')).toBe('old');
  for (const command of [['GET', 'key'], ['KEYS', '*'], ['DBSIZE']]) {
    await expect(refuses.call(...(command as [string, ...string[]]))).rejects.toThrow(
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    );
  }
  expect(await refuses.role()).toMatchObject({ role: 'replica', offset: -1 });
  expect((await refuses.snapshot()).upstream?.link).toBe('down');
  expect(await refuses.call('CONFIG', 'GET', 'replica-serve-stale-data')).toContain('no');
  await Promise.all(outages.map((outage) => outage.heal()));

  for (const replica of three.replicas) {
    await expect(replica).toResync('partial');
    await expect(replica).toConvergeWith(three.master);
    expect(await replica.call('GET', 'key')).toBe('new');
  }
});

test('a replica that refuses stale data can still be promoted, and then serves it [N17]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(
    masterWithReplicas(1, { replicaConfig: { 'replica-serve-stale-data': 'no' } }),
  );
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);

  await using _outage = await pair.replica.link.apply(cut());
  await knowsItsLinkIsDown(pair.replica);
  await expect(pair.replica.call('RANDOMKEY')).rejects.toThrow('MASTERDOWN');
  await pair.replica.promote();

  await expect(pair.replica).toHoldSameData(pair.master);
  expect(await pair.replica.call('SET', 'mine', '1')).toBe('OK');
});

test('a replica refuses writes with READONLY, and nothing of it changes', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1, { config: noPings }));
  await fill(pair.master, { seed: 1, keys: 50 });
  await expect(pair.replica).toConvergeWith(pair.master);
  const { offset, keys } = await pair.replica.snapshot();

  for (const write of ['SET key mine', 'DEL key', 'FLUSHALL', 'LPUSH list mine', 'EXPIRE key 1']) {
    const [command = '', ...args] = write.split(' ');
    await expect(pair.replica.call(command, ...args)).rejects.toThrow(
      "READONLY You can't write against a read only replica.",
    );
  }

  expect(await pair.replica.snapshot()).toMatchObject({ offset, keys });
  await writeBytes(pair.master, { seed: 2, bytes: 1_000 });
  await expect(pair.replica).toConvergeWith(pair.master);
  await expect(pair.replica).toHaveStayedInSync();
});

test('a list that grows on the master, read on a replica through a cut: always a prefix, never shorter than before [N13]', async ({
  deployment,
}) => {
  await using pair = await deployment.start(masterWithReplicas(1));
  await using appends = repeat(async (count) => {
    await pair.master.call('RPUSH', 'history', `event-${count}`);
  });
  const reads: string[][] = [];
  await using reading = repeat(async () => {
    reads.push((await pair.replica.call('LRANGE', 'history', 0, -1)) as string[]);
  });
  const longest = (): number => reads.at(-1)?.length ?? 0;
  await reading.reaches(50, longest);

  const outage = await pair.replica.link.apply(cut());
  await knowsItsLinkIsDown(pair.replica);
  await appends.reaches(appends.count + 20);
  await reading.reaches(reading.count + 20);
  const stoppedAt = longest();
  expect(stoppedAt).toBeLessThan(appends.count);
  await outage.heal();
  await expect(pair.replica).toResync('partial');
  await reading.reaches(stoppedAt + 50, longest);

  await appends.stop();
  await expect(pair.replica).toConvergeWith(pair.master);
  await reading.stop();
  const history = (await pair.master.call('LRANGE', 'history', 0, -1)) as string[];
  expect(history).toHaveLength(appends.count);
  for (const [index, read] of reads.entries()) {
    expect(read).toEqual(history.slice(0, read.length));
    expect(read.length).toBeGreaterThanOrEqual(reads[index - 1]?.length ?? 0);
  }
});

async function knowsItsLinkIsDown(replica: Node): Promise<void> {
  await until(
    async () => (await replica.snapshot()).upstream?.link,
    (link) => link === 'down',
    { what: `${replica.name} to see that its link is down`, withinMs: 5_000 },
  );
}

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
        { what: `${atLeast} to be reached`, withinMs: 10_000, verdict: 'inconclusive' },
      ),
    stop,
    [Symbol.asyncDispose]: () => stop().catch(() => {}),
  };
}
