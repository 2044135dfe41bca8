import type { RunEvent, RunRecord } from '../../campaign/record.ts';
import { once } from './once.ts';

/**
 * A time in which a node was master once at most, and lost nothing by itself: from one of its ends or demotions to the
 * next. What it acknowledged in that time, it did one after the other in one history.
 */
export interface Segment {
  readonly node: string;
  readonly fromMs: number;
  /** Infinity for the last of a node. */
  readonly untilMs: number;
}

export const segmentsOf = once((record): readonly Segment[] => {
  const firstMs = firstInstant(record);
  return record.head.plan.topology.nodes.flatMap(({ name: node }) => {
    const ends = record.events
      .filter((event) => isOf(event, node, ['ended', 'demoted']))
      .map(({ atMs }) => atMs)
      .sort((a, b) => a - b);
    return [firstMs, ...ends].map((fromMs, at) => ({
      node,
      fromMs,
      untilMs: ends[at] ?? Infinity,
    }));
  });
});

export type NodeEvent = Extract<RunEvent, { readonly node: string }>;

/** Whether something of these happened to a node. */
export function isOf(
  event: RunEvent,
  node: string,
  kinds: readonly NodeEvent['what'][],
): event is NodeEvent {
  return 'node' in event && event.node === node && kinds.includes(event.what);
}

/** All that happened of a kind, to whatever node. */
export function eventsOf(
  { events }: Pick<RunRecord, 'events'>,
  kind: NodeEvent['what'],
): readonly NodeEvent[] {
  return events.filter((event): event is NodeEvent => event.what === kind);
}

/** Before anything that was recorded. */
function firstInstant({ head, operations }: RunRecord): number {
  return operations.reduce(
    (first, { invokedAtMs }) => Math.min(first, invokedAtMs),
    head.readyAtMs,
  );
}
