import type { FaultCondition, LinkFaultSpec, NodeFaultSpec, WriteKind } from '../plan.ts';

/** Names that a plan uses, as data: the compiler holds them to the types. */
export const LINK_KINDS = [
  'cut',
  'reset',
  'half-open',
  'latency',
  'bandwidth',
  'limit-data',
  'slices',
  'hold',
] as const satisfies readonly LinkFaultSpec['kind'][];

export const NODE_KINDS = [
  'pause',
  'kill',
  'stop',
  'move',
] as const satisfies readonly NodeFaultSpec['kind'][];

export const FAULT_KINDS = [...LINK_KINDS, ...NODE_KINDS] as const;

export type FaultKind = LinkFaultSpec['kind'] | NodeFaultSpec['kind'];

export const CONDITIONS = [
  'backlog-overrun',
  'backlog-half-full',
  'full-resync-begun',
  'noticed',
] as const satisfies readonly FaultCondition[];

export const WRITE_KINDS = [
  'append',
  'register',
  'remove',
  'expiring',
  'count',
  'pair',
  'other',
] as const satisfies readonly WriteKind[];

/** Where links of clients begin. */
export const CLIENT = 'client';

/** Most nodes of a plan that was drawn; so many fit on two cores. */
export const NODES_MAX = 6;
export const DEPTH_MAX = 4;
/** Beside Sentinels. */
export const WATCHED_NODES_MAX = 4;
export const SENTINELS = [0, 3, 5] as const;

/** Names of a plan's Sentinels. */
export function sentinelNames(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `sentinel-${at + 1}`);
}
