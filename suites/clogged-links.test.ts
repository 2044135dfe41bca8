import {
  bandwidth,
  type Deployment,
  expect,
  load,
  masterWithReplicas,
  type Node,
  seeded,
  test,
  until,
  writeBytes,
} from '../helpers/suite.ts';

const REPLICAS = 3;
/** Far more than the slow link carries in the time of a test. */
const BEHIND_BYTES = 200_000;
const ACKNOWLEDGED_WITHIN_MS = 8_000;

test.for([1, 3])(
  'links clogged one by one under load, unclogged in random order (seed %i): those that are free stay current, the others catch up, nobody resyncs [N9]',
  async (seed, { deployment }) => {
    await using all = await deployment.start(masterWithReplicas(REPLICAS));
    const free = new Set(all.replicas);
    await acknowledged(all, free);
    await using writes = await load(all.master, { seed, ratePerSecond: 200, floor: 100 });

    const clogs = [];
    for (const replica of all.replicas) {
      const clog = await replica.link.apply(bandwidth('downstream', { kilobytesPerSecond: 1 }));
      clogs.push({ replica, clog });
      free.delete(replica);
      await writeBytes(all.master, { seed, bytes: BEHIND_BYTES });
      await writes.goesOn(20);
      await acknowledged(all, free);
    }

    for (const { replica, clog } of inRandomOrder(seed, clogs)) {
      await fallenBehind(all, replica);
      const { offset } = await all.master.snapshot();
      await clog.heal();
      free.add(replica);
      await until(
        async () => (await replica.snapshot()).offset,
        (reached) => reached >= offset,
        { what: `${replica.name} to catch up with byte ${offset}`, withinMs: 20_000 },
      );
      await acknowledged(all, free);
      await writes.goesOn(20);
    }

    await writes.stop();
    for (const replica of all.replicas) {
      await expect(replica).toConvergeWith(all.master);
      await expect(replica).toHaveStayedInSync();
    }
  },
);

/** So many replicas acknowledge a new write as have a free link, by WAIT. The others cannot. */
async function acknowledged({ master }: Deployment, free: ReadonlySet<Node>): Promise<void> {
  using client = master.dedicated();
  await client.call('INCR', 'acknowledged');
  expect(await client.call('WAIT', free.size, ACKNOWLEDGED_WITHIN_MS)).toBe(free.size);
}

/** Connected, and far from the master's offset. */
async function fallenBehind({ master }: Deployment, replica: Node): Promise<void> {
  const { offset, upstream } = await replica.snapshot();
  expect(upstream).toMatchObject({ link: 'up' });
  expect((await master.snapshot()).offset - offset).toBeGreaterThan(BEHIND_BYTES / 2);
}

function inRandomOrder<T>(seed: number, all: readonly T[]): T[] {
  const random = seeded(seed).fork('order');
  const left = [...all];
  return all.map(() => left.splice(random.integer(0, left.length - 1), 1)[0] as T);
}
