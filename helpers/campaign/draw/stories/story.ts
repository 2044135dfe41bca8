import type { Random } from '../../../random.ts';
import type { RareState } from '../../record.ts';
import type { Draft } from '../draft.ts';
import type { FaultKind } from '../kinds.ts';
import { replicasOf, type Stage } from '../stage.ts';

/** Faults that belong together: what chance alone would seldom bring about. */
export interface Story {
  /** The rare states it leads to, if all goes as it may. */
  readonly leadsTo: readonly RareState[];
  /** All of them are needed. */
  readonly kinds: readonly FaultKind[];
  readonly weight: number;
  /** From `atMs` on; nothing where the stage has no place for it. */
  readonly tell: (stage: Stage, random: Random, atMs: number) => readonly Draft[];
}

/** A Sentinel calls a master down after 2 s, and needs some more to agree. */
export const FAILOVER_MS = [4_500, 8_000] as const;
/** How long a server that starts anew is down. */
export const RESTART_MS = [100, 600] as const;

/** A number of the range. */
export function between(random: Random, [least, most]: readonly [number, number]): number {
  return random.integer(least, most);
}

/** Name of a replica. */
export function anyReplica(stage: Stage, random: Random): string {
  return random.pick(replicasOf(stage)).name;
}
