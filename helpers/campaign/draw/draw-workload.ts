import type { Random } from '../../random.ts';
import type { PlannedWorkload } from '../plan.ts';
import { datasetBytes, streamBytesPerSecond } from './estimates.ts';
import { WRITE_KINDS } from './kinds.ts';
import { pinnedOutputBytes } from './output-limit.ts';
import type { Pins } from './pins.ts';
import { DATASET_BYTES_MAX, outputBytesNeeded, STREAM_BYTES_PER_SECOND_MAX } from './rules.ts';
import { weighted } from './weighted.ts';

const KB = 1024;
const MB = 1024 * KB;

const VALUE_BYTES = [
  [100, 4],
  [4 * KB, 4],
  [64 * KB, 3],
  [512 * KB, 2],
  [5 * MB, 1],
] as const;
const KEYS = [
  [5, 2],
  [25, 4],
  [100, 3],
  [300, 1],
] as const;
const WRITES_PER_SECOND = [
  [50, 2],
  [100, 3],
  [200, 3],
  [400, 2],
  [800, 1],
] as const;
const READS_PER_SECOND = [20, 50, 100, 200];
const SKEWS = [0, 0.5, 0.8, 1, 1.2];
const TTLS_MS = [100, 500, 1_000, 2_000, 5_000];
const WRITERS = [
  [1, 1],
  [2, 2],
  [3, 2],
  [5, 1],
] as const;
const DATABASES_MAX = 4;
/** How often a kind is left out. */
const WITHOUT_KIND = 0.15;
const WEIGHT_MAX = 10;
/** What most checks stand on: never left out unless it is pinned so. */
const ALWAYS: readonly string[] = ['append', 'register'];

/** What clients do, at a rate and of a size that two cores bear. */
export function drawWorkload(random: Random, pins: Pins): PlannedWorkload {
  const mix = drawMix(random.fork('mix'), pins);
  const readersPerNode = pins.readersPerNode ?? random.fork('readers').integer(1, 2);
  const rest = {
    mix,
    readersPerNode,
    readsPerSecond: pins.readsPerSecond ?? random.fork('reads').pick(READS_PER_SECOND),
    skew: pins.skew ?? random.fork('skew').pick(SKEWS),
    databases: pins.databases ?? random.fork('databases').integer(1, DATABASES_MAX),
    ttlMsMax: pins.ttlMsMax ?? random.fork('ttl').pick(TTLS_MS),
  };
  const mostBytes = pinnedOutputBytes(pins);
  // The largest first: what is drawn later makes room for it.
  const smallest = {
    ...rest,
    writers: pins.writers ?? 1,
    keys: pins.keys ?? 1,
    writesPerSecond: pins.writesPerSecond ?? 1,
  };
  const valueBytesMax =
    pins.valueBytesMax ??
    bearable(random.fork('values'), mostBytes, VALUE_BYTES, (bytes) => ({
      ...smallest,
      valueBytesMax: bytes,
    }));
  const keys =
    pins.keys ??
    bearable(random.fork('keys'), mostBytes, KEYS, (count) => ({
      ...smallest,
      valueBytesMax,
      keys: count,
    }));
  const writesPerSecond =
    pins.writesPerSecond ??
    bearable(random.fork('writes'), mostBytes, WRITES_PER_SECOND, (rate) => ({
      ...smallest,
      valueBytesMax,
      keys,
      writesPerSecond: rate,
    }));
  const writers =
    pins.writers ??
    bearable(random.fork('writers'), mostBytes, WRITERS, (count) => ({
      ...smallest,
      valueBytesMax,
      keys,
      writesPerSecond,
      writers: count,
    }));
  return { ...rest, writers, valueBytesMax, keys, writesPerSecond };
}

/** One of the choices with which the load is bearable; the first, the smallest, if none is. */
function bearable(
  random: Random,
  outputBytes: number,
  choices: readonly (readonly [number, number])[],
  workloadWith: (value: number) => PlannedWorkload,
): number {
  const possible = choices.filter(([value]) => isBearable(workloadWith(value), outputBytes));
  return weighted(random, possible.length > 0 ? possible : choices.slice(0, 1));
}

function isBearable(workload: PlannedWorkload, outputBytes: number): boolean {
  return (
    outputBytesNeeded(workload, 0) <= outputBytes &&
    streamBytesPerSecond(workload) <= STREAM_BYTES_PER_SECOND_MAX &&
    datasetBytes(workload) <= DATASET_BYTES_MAX
  );
}

function drawMix(random: Random, { mix }: Pins): PlannedWorkload['mix'] {
  const weights = WRITE_KINDS.map((kind) => {
    const weight = random.integer(1, WEIGHT_MAX);
    const isLeftOut = random.chance(WITHOUT_KIND) && !ALWAYS.includes(kind);
    const isIn = mix === undefined ? !isLeftOut : mix.includes(kind);
    return [kind, isIn ? weight : 0] as const;
  });
  return Object.fromEntries(weights) as PlannedWorkload['mix'];
}
