import type { NodeSample, RunRecord } from '../../campaign/record.ts';
import type { Axis } from './axis.ts';
import { visible } from './visible.ts';

/** One chart of the page: curves over one time axis. What the page gets of it is this, as JSON. */
export interface Chart {
  readonly title: string;
  /** What a reader must know to read it. */
  readonly note: string;
  readonly unit: 'bytes' | 'ms' | 'per second' | 'count';
  readonly scale: 'linear' | 'log';
  /** Milliseconds on the axis, ascending; a value of each curve for every one. */
  readonly atMs: readonly number[];
  readonly curves: readonly Curve[];
}

export interface Curve {
  readonly name: string;
  /** Of the eight that the page has, from 0; what is the same in several charts looks the same. */
  readonly colour: number;
  /** Null where there is nothing to tell: the line breaks. */
  readonly values: readonly (number | null)[];
}

interface Point {
  readonly atMs: number;
  readonly value: number | null;
}

/** Twice as many points are drawn: the lowest and the highest of each. */
const MOST_BUCKETS = 1_200;

/** What nodes said of themselves, a curve for each: offsets, lag, and what they use of the machine. */
export function nodeCharts(record: RunRecord, axis: Axis): readonly Chart[] {
  const lag = lagOf(record.samples);
  const chart = (
    title: string,
    note: string,
    unit: Chart['unit'],
    read: (sample: NodeSample) => number | undefined,
  ): Chart => ({ title, note, unit, scale: 'linear', ...curvesOf(record.samples, axis, read) });
  return [
    chart(
      'Replication offset',
      'Bytes of the replication stream that a node has made or applied. A line breaks while its node does not answer.',
      'bytes',
      ({ offset }) => offset,
    ),
    chart(
      'Lag',
      'Bytes that a replica lacks of what the master of the same replication ID was last seen at. Nodes are asked one after the other: what is written in between is no lag.',
      'bytes',
      (sample) => lag.get(sample),
    ),
    chart('Memory', 'used_memory.', 'bytes', ({ memoryBytes }) => memoryBytes),
    chart('Clients', 'connected_clients.', 'count', ({ connectedClients }) => connectedClients),
    chart(
      'File descriptors',
      'Open in the process of the server.',
      'count',
      ({ fileDescriptors }) => fileDescriptors,
    ),
  ].filter(({ curves }) => curves.length > 0);
}

/** Of a history (a replication ID) the highest offset that a master was seen at, less what the replica has. */
function lagOf(samples: readonly NodeSample[]): ReadonlyMap<NodeSample, number> {
  const highest = new Map<string, number>();
  const lag = new Map<NodeSample, number>();
  for (const sample of samples) {
    const { role, replid = '', offset } = sample;
    if (offset === undefined) continue;
    const master = highest.get(replid) ?? Number.NEGATIVE_INFINITY;
    if (role === 'master') highest.set(replid, Math.max(master, offset));
    else if (Number.isFinite(master)) lag.set(sample, Math.max(0, master - offset));
  }
  return lag;
}

function curvesOf(
  samples: readonly NodeSample[],
  axis: Axis,
  read: (sample: NodeSample) => number | undefined,
): Pick<Chart, 'atMs' | 'curves'> {
  const byNode = [...Map.groupBy(samples, ({ node }) => node)];
  const most = Math.max(1, ...byNode.map(([, own]) => own.length));
  const buckets = Math.min(MOST_BUCKETS, most);
  const curves = byNode
    .map(([name, own], index) => ({
      name: visible(name),
      colour: index % 8,
      values: thinned(
        own.map((sample) => ({
          atMs: sample.atMs - axis.readyAtMs,
          value: read(sample) ?? null,
        })),
        axis.lengthMs,
        buckets,
      ),
    }))
    .filter(({ values }) => values.some((value) => value !== null));
  return { atMs: slots(axis.lengthMs, buckets), curves };
}

function slots(lengthMs: number, buckets: number): number[] {
  return Array.from({ length: 2 * buckets }, (_, slot) =>
    Math.round((slot / (2 * buckets - 1)) * lengthMs),
  );
}

/**
 * As many buckets as named, of two values each: the lowest and the highest of the bucket, in the order in which they came, so
 * that no spike is lost. A bucket that nobody looked in has what was seen last; one in which every look was in vain, null.
 * Points are in the order of time.
 */
export function thinned(
  points: readonly Point[],
  lengthMs: number,
  buckets: number,
): (number | null)[] {
  const values: (number | null)[] = [];
  let next = 0;
  let last: number | null = null;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const endMs = ((bucket + 1) / buckets) * lengthMs;
    let low: Point | undefined;
    let high: Point | undefined;
    let looked = false;
    for (let point = points[next]; point !== undefined; point = points[++next]) {
      if (point.atMs >= endMs && bucket < buckets - 1) break;
      if (point.atMs < 0) continue;
      looked = true;
      if (point.value === null) continue;
      if (low === undefined || point.value < (low.value ?? 0)) low = point;
      if (high === undefined || point.value > (high.value ?? 0)) high = point;
    }
    if (low === undefined || high === undefined) {
      if (looked) last = null;
      values.push(last, last);
    } else {
      const [first, second] = low.atMs <= high.atMs ? [low, high] : [high, low];
      values.push(first.value, second.value);
      last = second.value;
    }
  }
  return values;
}
