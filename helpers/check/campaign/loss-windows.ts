/**
 * Where settings and events allow acknowledged writes to be lost. Redis replicates asynchronously: a master acknowledges
 * before any replica has a write (https://redis.io/docs/latest/operate/oss_and_stack/management/replication/). So there are
 * two ways to lose one, and no others:
 *
 * - the master ends and comes back with less than it had: all nodes take over what it has then, even if that is nothing;
 * - another node is promoted, which had less than the master. All that was written since is lost, whoever wrote it.
 *
 * Cuts, pauses, replicas that end, and replicas that move under another node lose nothing.
 */
import type { NodeSample, RunRecord } from '../../campaign/record.ts';
import type { LossWindow } from '../ledger.ts';
import { faultsInForce } from './faults-in-force.ts';
import { promisedEndMs } from './min-replicas.ts';
import { once } from './once.ts';
import { losesMs } from './persistence.ts';
import { lastBefore, roleBefore, samplesOf } from './samples.ts';
import { eventsOf, isOf, type Segment, segmentsOf } from './segments.ts';
import { hasSentinels, rootOf } from './topology.ts';

/** How long ago what a sample says may have been so, and how late an event may be seen. */
const SEEN_LATE_MS = 2_000;

type Scope = 'in the end' | 'seen';

/**
 * What may be missing in the end; or, with `seen`, what somebody may have seen to be missing: a master that comes back after
 * it was replaced has replicas that have not heard of it, and clients.
 */
export function lossWindows(record: RunRecord, scope: Scope): readonly LossWindow[] {
  return WINDOWS[scope](record);
}

const WINDOWS = { 'in the end': windowsOf('in the end'), seen: windowsOf('seen') };

function windowsOf(scope: Scope): (record: RunRecord) => readonly LossWindow[] {
  return once((record) =>
    [...byRestarts(record, scope), ...byFailovers(record)].filter(
      ({ fromMs, untilMs }) => fromMs < untilMs,
    ),
  );
}

function byRestarts(record: RunRecord, scope: Scope): LossWindow[] {
  const segments = segmentsOf(record);
  return mastersEnds(record).flatMap(({ node, atMs, losesMs, how }) => {
    const back = record.events.find(
      (event) => event.atMs >= atMs && isOf(event, node, ['started']),
    );
    const isReplaced = record.events.some(
      (event) =>
        event.what === 'promoted' &&
        event.node !== node &&
        event.atMs >= atMs &&
        event.atMs <= (back?.atMs ?? Infinity),
    );
    if (scope === 'in the end' && isReplaced) return [];
    // What it held is what all had written before.
    return segments
      .filter((segment) => segment.fromMs < atMs)
      .map((segment) => ({
        node: segment.node,
        fromMs: Math.max(segment.fromMs, atMs - losesMs),
        untilMs: Math.min(segment.untilMs, atMs),
        cause: `the history of ${node}, ${how}`,
      }));
  });
}

interface MastersEnd {
  readonly node: string;
  readonly atMs: number;
  readonly losesMs: number;
  /** In words. */
  readonly how: string;
}

/** Ends of nodes that may have been master then, and lose by it. */
function mastersEnds(record: RunRecord): MastersEnd[] {
  const faults = faultsInForce(record);
  const root = rootOf(record).name;
  return record.head.plan.topology.nodes.flatMap((node) => {
    if (!hasSentinels(record) && node.name !== root) return [];
    return record.events
      .filter((event) => isOf(event, node.name, ['ended']))
      .filter(({ atMs }) => roleBefore(record, node.name, atMs) !== 'replica')
      .flatMap(({ atMs }) => {
        const isStopped = faults.some(
          ({ fault, fromMs, untilMs }) =>
            fault.on === 'node' &&
            fault.node === node.name &&
            fault.fault.kind === 'stop' &&
            fromMs - SEEN_LATE_MS <= atMs &&
            atMs <= untilMs,
        );
        const end = isStopped ? 'stopped' : 'killed';
        const losable = losesMs(node, end);
        const how = `${end} with ${persistenceInWords(node.config)}`;
        return losable === 0 ? [] : [{ node: node.name, atMs, losesMs: losable, how }];
      });
  });
}

function byFailovers(record: RunRecord): LossWindow[] {
  if (!hasSentinels(record)) return [];
  const segments = segmentsOf(record);
  const promotions = eventsOf(record, 'promoted');
  const windows = promotions.flatMap(({ node: heir, atMs }) => {
    return segments
      .filter(
        (segment) => segment.fromMs < atMs && !(segment.node === heir && atMs <= segment.untilMs),
      )
      .map((segment) => {
        const fromMs = heldUntil(record, heir, atMs, segment);
        // It can be master again, by a failover that comes later.
        const again = promotions.find((event) => event.node === segment.node && event.atMs > atMs);
        const endMs = Math.min(segment.untilMs, (again?.atMs ?? Infinity) - SEEN_LATE_MS);
        return {
          node: segment.node,
          fromMs: Math.max(segment.fromMs, fromMs),
          untilMs: Math.min(endMs, promisedEndMs(record, segment, fromMs)),
          cause: `the failover to ${heir}`,
        };
      });
  });
  return [...windows, ...reverted(segments, record)];
}

/** Masters that were demoted though nobody else was promoted: Sentinels went back to one whom they knew before. */
function reverted(segments: readonly Segment[], { events, head }: RunRecord): LossWindow[] {
  return segments
    .filter(({ node, fromMs, untilMs }) => {
      const isDemoted = events.some(
        (event) => event.atMs === untilMs && isOf(event, node, ['demoted']),
      );
      const isReplaced = events.some(
        (event) =>
          event.what === 'promoted' &&
          event.node !== node &&
          event.atMs >= fromMs &&
          event.atMs <= untilMs + SEEN_LATE_MS,
      );
      return head.plan.topology.sentinels > 0 && isDemoted && !isReplaced;
    })
    .map(({ node, fromMs, untilMs }) => ({
      node,
      fromMs,
      untilMs,
      cause: `the demotion of ${node}`,
    }));
}

/**
 * Until when a node that was promoted is sure to have had what was acknowledged in a segment: when a master was seen in that
 * segment that was no further in the history that the heir came to hold. A master of another segment says nothing of it,
 * but what it had itself when it was promoted.
 */
function heldUntil(
  record: RunRecord,
  heir: string,
  promotedAtMs: number,
  segment: Segment,
): number {
  const before = lastBefore(
    samplesOf(record, heir),
    promotedAtMs,
    ({ role, offset }) => role === 'replica' && offset !== undefined,
  );
  const isSame = !record.events.some(
    (event) =>
      before !== undefined &&
      event.atMs >= before.atMs &&
      event.atMs <= promotedAtMs &&
      isOf(event, heir, ['ended', 'started']),
  );
  if (before?.offset === undefined || !isSame) return -Infinity;
  const heldBytes = before.offset;
  const masters = mastersOf(record).get(before.replid) ?? [];
  const isContained = ({ atMs, offset = Infinity }: NodeSample): boolean =>
    atMs < promotedAtMs && offset <= heldBytes;
  const own = masters.findLast(
    (sample) =>
      isContained(sample) &&
      sample.node === segment.node &&
      sample.atMs >= segment.fromMs &&
      sample.atMs <= segment.untilMs,
  );
  if (own !== undefined) return own.atMs - SEEN_LATE_MS;
  const last = masters.findLast(isContained);
  if (last === undefined) return -Infinity;
  const promotion = record.events.findLast(
    (event) => event.atMs <= last.atMs && isOf(event, last.node, ['promoted']),
  );
  return promotion === undefined
    ? -Infinity
    : heldUntil(record, last.node, promotion.atMs, segment);
}

/** What masters said of themselves, by their history, in order of time. */
const mastersOf = once(({ samples }) =>
  Map.groupBy(
    samples.filter(({ role }) => role === 'master').sort((a, b) => a.atMs - b.atMs),
    ({ replid }) => replid,
  ),
);

function persistenceInWords(config: Readonly<Record<string, string>>): string {
  if (config['appendonly'] === 'yes') return `appendfsync ${config['appendfsync'] ?? 'everysec'}`;
  return (config['save'] ?? '') === '' ? 'no persistence' : `save ${config['save']}`;
}
