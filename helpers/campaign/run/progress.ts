import type { Outcome } from '../../workload/outcome.ts';
import type { PlannedFault } from '../plan.ts';
import type { NodeSample, RecordedResync } from '../record.ts';

export type Phase = 'chaos' | 'healing' | 'over';

/** How a run stands, for whoever watches it. */
export interface Progress {
  readonly phase: Phase;
  /** Of the chaos, then of the time in which everything must converge. */
  readonly elapsedMs: number;
  readonly totalMs: number;
  readonly nodes: readonly NodeProgress[];
  readonly faultsInForce: readonly PlannedFault[];
  readonly operations: Readonly<Record<Outcome, number>>;
  readonly resyncs: Readonly<Record<RecordedResync['kind'], number>>;
  /** How often something kept the run from going on as planned. */
  readonly troubles: number;
}

export interface NodeProgress
  extends Pick<NodeSample, 'state' | 'role' | 'offset' | 'link' | 'syncInProgress'> {
  readonly name: string;
  /** Bytes behind whoever of its history has most. Absent where that cannot be told. */
  readonly lagBytes?: number;
}

/** The nodes, with how far each is behind. */
export function nodesOf(samples: readonly NodeSample[]): NodeProgress[] {
  return samples.map(({ node, state, role, replid, offset, link, syncInProgress }) => {
    const furthest = samples
      .filter((one) => one.replid !== undefined && one.replid === replid)
      .reduce((most, one) => Math.max(most, one.offset ?? 0), 0);
    return {
      name: node,
      state,
      ...(role !== undefined && { role }),
      ...(offset !== undefined && { offset, lagBytes: furthest - offset }),
      ...(link !== undefined && { link }),
      ...(syncInProgress !== undefined && { syncInProgress }),
    };
  });
}
