import type {
  FaultCondition,
  FaultEnd,
  LinkFaultSpec,
  NodeFaultSpec,
  PlannedLinkFault,
  PlannedNodeFault,
} from '../plan.ts';

/** A planned fault that has no name yet. */
export type Draft = (PlannedLinkFault | PlannedNodeFault) & {
  readonly atMs: number;
  readonly end: FaultEnd;
};

export interface Path {
  readonly from: string;
  readonly to: string;
}

export function onLink(
  { from, to }: Path,
  fault: LinkFaultSpec,
  atMs: number,
  end: FaultEnd,
): Draft {
  return { on: 'link', from, to, fault, atMs, end };
}

export function onNode(node: string, fault: NodeFaultSpec, atMs: number, end: FaultEnd): Draft {
  return { on: 'node', node, fault, atMs, end };
}

export function afterMs(ms: number): FaultEnd {
  return { after: 'time', ms };
}

export function when(condition: FaultCondition, withinMs: number): FaultEnd {
  return { after: 'condition', condition, withinMs };
}
