import type { CampaignResult } from '../../campaign/night-result.ts';
import { axisOf } from './axis.ts';
import { injectedByKind } from './faults.ts';
import { findingsByWeight, type ReportedRun } from './reported-run.ts';
import { count, counted, duration } from './units.ts';
import { countOperations, lostAppends } from './writes.ts';

/** The first line of what somebody said, for where there is room for no more; with the next, if it only announces that. */
export function firstLine(text: string): string {
  const [first = '', next] = text.split('\n', 2);
  return first.endsWith(':') && next !== undefined ? `${first} ${next.trim()}` : first;
}

/** One run in the numbers and sentences that overviews are made of. */
export function campaignResult(run: ReportedRun): CampaignResult {
  const { record, judgement } = run;
  const { head, resyncs, final } = record;
  const axis = axisOf(record);
  const { writes, reads } = countOperations(record.operations);
  const lost = lostAppends(record)?.length;
  const faults = injectedByKind(record);
  const injected = Object.values(faults).reduce((sum, times) => sum + times, 0);
  return {
    seed: head.plan.seed,
    target: head.target.name,
    servers: head.servers,
    verdict: judgement.verdict,
    why: whyOf(run, writes.ok, injected, lost),
    findings: findingsByWeight(judgement).map(({ checker, verdict, text, atMs }) => ({
      checker,
      verdict,
      text: firstLine(text),
      ...(atMs === undefined ? {} : { atMs: atMs - head.readyAtMs }),
    })),
    replay: run.replay,
    ...(run.artifact === undefined ? {} : { artifact: run.artifact }),
    startedAtMs: head.readyAtMs,
    durationMs: axis.lengthMs,
    ...(final?.convergedAfterMs === undefined
      ? {}
      : { convergedAfterMs: Math.round(final.convergedAfterMs) }),
    nodes: head.plan.topology.nodes.length,
    sentinels: head.plan.topology.sentinels,
    writes: { ...writes, ...(lost === undefined ? {} : { lost }) },
    reads,
    faults,
    faultsPassedOver: head.plan.faults.length - injected,
    resyncs: {
      full: resyncs.filter(({ kind }) => kind === 'full').length,
      partial: resyncs.filter(({ kind }) => kind === 'partial').length,
      partialBytes: resyncs.reduce((sum, { backlogBytes = 0 }) => sum + backlogBytes, 0),
    },
    rareStates: judgement.rareStates,
  };
}

/** One sentence: why the verdict is what it is. */
function whyOf(
  { record, judgement }: ReportedRun,
  acknowledged: number,
  injected: number,
  lost: number | undefined,
): string {
  const decisive = judgement.findings.filter(({ verdict }) => verdict === judgement.verdict);
  const [first] = decisive;
  if (first !== undefined) {
    const others = decisive.length - 1;
    return `${firstLine(first.text)}${others > 0 ? ` (and ${count(others)} more)` : ''}`;
  }
  const convergedAfterMs = record.final?.convergedAfterMs;
  return [
    `No checker objected: ${counted(acknowledged, 'write')} acknowledged under ${counted(injected, 'fault')}`,
    ...(lost === undefined
      ? []
      : lost === 0
        ? [', no acknowledged append was lost']
        : [`, ${counted(lost, 'acknowledged append')} lost where that is allowed`]),
    ...(convergedAfterMs === undefined
      ? []
      : [`; all converged ${duration(convergedAfterMs)} after the last heal`]),
    '.',
  ].join('');
}
