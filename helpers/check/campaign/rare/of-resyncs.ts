import type { RunRecord } from '../../../campaign/record.ts';
import { eventsOf, isOf } from '../segments.ts';

/** After that, one has nothing to do with the other. */
const SOON_MS = 10_000;

/** Resyncs of a replica from an upstream that had just been resynchronized itself. */
export function subReplicasResynced({ resyncs }: RunRecord): number {
  return resyncs.filter(({ upstream, atMs }) =>
    resyncs.some(
      (earlier) =>
        earlier.replica === upstream && earlier.atMs < atMs && atMs - earlier.atMs <= SOON_MS,
    ),
  ).length;
}

/** Replicas that started again and went on from where they were. */
export function restartsWithPartials({ events, resyncs }: RunRecord): number {
  return eventsOf({ events }, 'started').filter(({ node, atMs }) => {
    const again = events.find((event) => event.atMs > atMs && isOf(event, node, ['ended']));
    const [next] = resyncs
      .filter(({ replica, atMs: resyncMs }) => replica === node && resyncMs >= atMs - STARTING_MS)
      .sort((a, b) => a.atMs - b.atMs);
    return next?.kind === 'partial' && next.atMs < (again?.atMs ?? Infinity);
  }).length;
}

/** A replica asks as soon as it runs, before it is known to answer. */
const STARTING_MS = 500;

/** Replicas that went on with another upstream from where they were. */
export function switchesByPartials({ resyncs, head }: RunRecord): number {
  const { nodes } = head.plan.topology;
  const upstreams = new Map(nodes.map(({ name, replicaOf }) => [name, replicaOf]));
  return [...resyncs]
    .sort((a, b) => a.atMs - b.atMs)
    .filter(({ replica, upstream, kind }) => {
      const before = upstreams.get(replica);
      upstreams.set(replica, upstream);
      return before !== upstream && kind === 'partial';
    }).length;
}
