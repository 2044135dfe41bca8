/**
 * Where a replica may show an older state of its data than before. A partial resync goes on from what it has, and a full one
 * from the master brings what is newest: neither goes back. A full resync from another replica can: that one may lag behind,
 * or have come back from an old RDB, and a replica takes over what it is sent (redis 7.0, replication.c,
 * masterTryPartialResynchronization refuses who is ahead). With Sentinels any upstream may be a master no more.
 */
import { once } from './once.ts';
import { firstSince, isSynchronized, samplesOf } from './samples.ts';
import { Spans } from './spans.ts';
import { hasSentinels, rootOf } from './topology.ts';

/** How late an upstream's log is read, and what a sample says was so. */
const SEEN_LATE_MS = 2_000;

/** The times in which a node may be given older data than it had, by the node. */
export const rewindsOf = once((record) => {
  const root = rootOf(record).name;
  const rewinding = record.resyncs.filter(
    ({ kind, upstream }) => kind === 'full' && (upstream !== root || hasSentinels(record)),
  );
  return new Map(
    [...Map.groupBy(rewinding, ({ replica }) => replica)].map(([node, resyncs]) => {
      const times = resyncs.map(({ atMs }) => {
        const done = firstSince(samplesOf(record, node), atMs + SEEN_LATE_MS, isSynchronized);
        return { fromMs: atMs - SEEN_LATE_MS, untilMs: (done?.atMs ?? Infinity) + SEEN_LATE_MS };
      });
      return [node, new Spans(times)] as const;
    }),
  );
});
