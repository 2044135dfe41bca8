/** Each path between two servers beside Sentinels is a link of its own: faults on it bite there, and nowhere else. */
import {
  bandwidth,
  bridge,
  calm,
  cut,
  type Deployment,
  expect,
  halfOpen,
  isolate,
  latency,
  limitData,
  masterWithReplicas,
  oneWay,
  partition,
  reset,
  SENTINEL_WITHIN_MS,
  sentinels,
  slices,
  slowClose,
  split,
  test,
  until,
} from '../helpers/suite.ts';

const every = [
  cut(),
  reset(),
  halfOpen('both'),
  latency('upstream', { latencyMs: 30 }),
  bandwidth('upstream', { kilobytesPerSecond: 200 }),
  bandwidth('downstream', { kilobytesPerSecond: 200 }),
  slices('upstream', { averageBytes: 10, delayUs: 100 }),
  slices('downstream', { averageBytes: 10, variationBytes: 5, delayUs: 100 }),
  limitData('downstream', { bytes: 100 }),
  slowClose('downstream', { delayMs: 50 }),
];
/** Nobody is taken for down meanwhile. */
const PATIENT = { downAfterMs: 60_000 };

test('every fault takes effect on a path to a Sentinel, and is gone after its heal', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(1), PATIENT));
  const [from, to] = [all.sentinel('sentinel-1'), all.sentinel('sentinel-2')];
  const link = await all.link(from, to);
  for (const fault of every) {
    const active = await link.apply(fault);
    await active.heal();
  }
});

test('what a partition severs is silent for the servers themselves, and all else goes on', async ({
  deployment,
}) => {
  await using all = await deployment.start(sentinels(3, masterWithReplicas(2), calm));
  for (const shape of [
    bridge(['sentinel-1'], ['sentinel-2'], ['sentinel-3']),
    split(['sentinel-1'], ['sentinel-3']),
    isolate(all, ['replica-2', 'sentinel-3']),
    oneWay(['sentinel-3'], ['sentinel-1']),
  ]) {
    await using active = await partition(all, shape);
    await until(
      () => doubts(all, 'sentinel-1'),
      (doubted) => doubted.length === 1 && doubted[0] === 'sentinel-3',
      {
        what: `sentinel-1 to miss sentinel-3 alone, ${shape.description}`,
        withinMs: SENTINEL_WITHIN_MS,
      },
    );
    expect(await all.sentinel('sentinel-1').quorumCheck()).toMatch(/^OK 2 usable/);
    await active.heal();
    await until(
      () => doubts(all, 'sentinel-1'),
      (doubted) => doubted.length === 0,
      { what: 'sentinel-1 to miss nobody', withinMs: SENTINEL_WITHIN_MS },
    );
  }
  expect((await all.sentinel('sentinel-2').master()).configEpoch).toBe(0);
});

/** Other Sentinels that one takes for down. */
async function doubts(all: Deployment, name: string): Promise<string[]> {
  const others = await all.sentinel(name).others();
  return others.filter(({ downForMs }) => downForMs > 0).map((one) => all.whoIs(one));
}
