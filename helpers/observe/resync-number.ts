import type { ResyncEvent } from './resync.ts';

export type ResyncKind = ResyncEvent['kind'];

/** The how-manieth of its kind a resync was in one start of its upstream, by `sync_full` or `sync_partial_ok`; 1 for the first. */
export interface ResyncNumber {
  readonly least: number;
  readonly most: number;
}

/**
 * Numbers a resync among all that a server's log tells of. Valkey counts what goes over the main channel beside an RDB as a
 * partial resync, at some time after the full one that it is a part of: others of those times can be one of two.
 */
export function resyncNumber(all: readonly ResyncEvent[], resync: ResyncEvent): ResyncNumber {
  const before = all.slice(0, all.indexOf(resync)).filter(({ boot }) => boot === resync.boot);
  const least = 1 + before.filter(({ kind }) => kind === resync.kind).length;
  const parts = before.filter(({ mainChannel }) => mainChannel !== undefined).length;
  return { least, most: resync.kind === 'partial' ? least + parts : least };
}
