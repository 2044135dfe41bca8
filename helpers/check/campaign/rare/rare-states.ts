import { RARE_STATES, type RareState, type RunRecord } from '../../../campaign/record.ts';
import { fullsAfterOverruns, partialsAcrossWraps, partialsWithLastByte } from './of-backlogs.ts';
import {
  cutsInsideRdbs,
  failovers,
  faultsOnOnePath,
  killsWhileLoading,
  mastersPausedDuringFulls,
  promotionsDuringFulls,
} from './of-faults.ts';
import { expiredAndHeld, unknownsInEffect } from './of-operations.ts';
import { restartsWithPartials, subReplicasResynced, switchesByPartials } from './of-resyncs.ts';

/** Each errs towards not counting: a state that is said to have been reached was reached. */
const COUNTS: Readonly<Record<RareState, (record: RunRecord) => number>> = {
  'partial across a wrap of the backlog': partialsAcrossWraps,
  'cut inside an RDB': cutsInsideRdbs,
  'promotion during a full resync': promotionsDuringFulls,
  'full resync after backlog overrun': fullsAfterOverruns,
  'partial with the last byte of the backlog': partialsWithLastByte,
  'sub-replica resynced after its upstream did': subReplicasResynced,
  'two faults on one path': faultsOnOnePath,
  'replica killed while it loaded': killsWhileLoading,
  'master paused during a full resync': mastersPausedDuringFulls,
  'restart with a partial resync': restartsWithPartials,
  'replica switched masters by partial resync': switchesByPartials,
  failover: failovers,
  'expired on the master and still held by a replica': expiredAndHeld,
  'unknown outcome that took effect': unknownsInEffect,
};

/** How often each rare state was reached, also if never. */
export function rareStatesOf(record: RunRecord): Readonly<Record<RareState, number>> {
  return Object.fromEntries(RARE_STATES.map((state) => [state, COUNTS[state](record)])) as Record<
    RareState,
    number
  >;
}
