import type { Plan, PlannedFault } from '../../../campaign/plan.ts';
import type { NodeSample, RunEvent, RunRecord } from '../../../campaign/record.ts';
import type { ReportedRun } from '../reported-run.ts';
import { noRareStates, READY_AT_MS, sampleRun } from './sample-run.ts';

/** 100 s of a master and its replica in which nothing happened: tests add what they look for. */
export function smallRun(
  parts: Partial<RunRecord> & { readonly faults?: readonly PlannedFault[] },
): ReportedRun {
  const { head } = sampleRun({ replicas: 1, faults: 0 }).record;
  const { faults = [], ...record } = parts;
  const plan: Plan = { ...head.plan, faults, chaosMs: 90_000 };
  return {
    record: {
      head: { ...head, plan },
      operations: [],
      samples: [],
      events: [],
      resyncs: [],
      logs: [],
      troubles: [],
      final: { type: 'final', atMs: at(100), convergedAfterMs: 40, differences: [], nodes: [] },
      ...record,
    },
    judgement: { verdict: 'pass', findings: [], rareStates: noRareStates() },
    replay: 'npm run replay -- plan.json',
  };
}

/** So many seconds after ready, which is that many percent of the axis. */
export function at(seconds: number): number {
  return READY_AT_MS + seconds * 1_000;
}

export function sample(node: string, seconds: number, rest: Partial<NodeSample> = {}): NodeSample {
  return { type: 'sample', node, atMs: at(seconds), state: 'answers', ...rest };
}

type EventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'type' | 'atMs'>
    : never
  : never;

export function event(seconds: number, rest: EventBody): RunEvent {
  return { type: 'event', atMs: at(seconds), ...rest };
}

/** A cut of the only link. */
export function cut(id: string, seconds: number, lastsS: number): PlannedFault {
  return {
    id,
    on: 'link',
    from: 'replica-1',
    to: 'master',
    fault: { kind: 'cut' },
    atMs: seconds * 1_000,
    end: { after: 'time', ms: lastsS * 1_000 },
  };
}
