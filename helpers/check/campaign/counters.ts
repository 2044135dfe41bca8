/**
 * A counter is incremented exactly as often as was acknowledged; an increment of unknown outcome may count or not. What is
 * acknowledged in a loss window may be missing. Each answer to INCR is the counter's new value, so on one master, between two
 * of its ends, no answer is given twice, and later increments get greater ones.
 */
import type { Operation, RunRecord } from '../../campaign/record.ts';
import { nameOf } from '../../campaign/workload/keys.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { lossWindows } from './loss-windows.ts';
import { countFirst } from './ordered.ts';
import { segmentsOf } from './segments.ts';
import { losableWrites } from './steps-back.ts';
import { finalMaster } from './topology.ts';

export const counters: Checker = {
  name: 'counters',
  check: (record) => {
    const byName = Map.groupBy(
      record.operations.filter(({ kind }) => kind === 'count'),
      nameOf,
    );
    return [
      ...[...byName].flatMap(([name, increments]) => answers(record, name, increments)),
      ...left(record, byName),
    ];
  },
};

function answers(record: RunRecord, name: string, increments: readonly Operation[]): Objection[] {
  const segments = segmentsOf(record);
  const byNode = Map.groupBy(segments, ({ node }) => node);
  const bySegment = Map.groupBy(increments, ({ node, invokedAtMs }) => {
    const ofNode = byNode.get(node) ?? [];
    return ofNode[countFirst(ofNode, ({ fromMs }) => fromMs < invokedAtMs) - 1];
  });
  return segments.flatMap((segment) => {
    const { node, untilMs } = segment;
    const told = (bySegment.get(segment) ?? [])
      .filter(
        ({ outcome, value, completedAtMs = Infinity }) =>
          outcome === 'ok' && typeof value === 'number' && completedAtMs < untilMs,
      )
      .sort((a, b) => Number(a.value) - Number(b.value));
    let latestMs = -Infinity;
    return told.flatMap(({ value, invokedAtMs, completedAtMs = Infinity }, at) => {
      const isTwice = told[at - 1]?.value === value;
      const isLate = completedAtMs < latestMs;
      latestMs = Math.max(latestMs, invokedAtMs);
      if (!isTwice && !isLate) return [];
      const what = isTwice ? 'gave the same answer to two increments of' : 'counted backwards in';
      return [
        {
          verdict: 'correctness',
          text: `${node} ${what} ${name}: ${value} ${when(record, completedAtMs)}`,
          atMs: completedAtMs,
          nodes: [node],
        },
      ];
    });
  });
}

function left(
  record: RunRecord,
  byName: ReadonlyMap<string, readonly Operation[]>,
): readonly Objection[] {
  const { final } = record;
  const master = final && finalMaster(final);
  if (final === undefined || master === undefined) return [];
  const losable = losableWrites(lossWindows(record, 'in the end'));
  const names = new Set([...byName.keys(), ...Object.keys(master.counters)]);
  return [...names].flatMap((name) => {
    const increments = byName.get(name) ?? [];
    const of = (outcome: Operation['outcome']): readonly Operation[] =>
      increments.filter((increment) => increment.outcome === outcome);
    const acknowledged = of('ok');
    const losing = acknowledged.filter((write) => losable(write, final.atMs)).length;
    const unknown = of('unknown').length;
    const count = master.counters[name] ?? 0;
    if (count >= acknowledged.length - losing && count <= acknowledged.length + unknown) return [];
    const allowed = losing > 0 ? `, ${losing} of them where they may be lost` : '';
    return [
      {
        verdict: 'correctness',
        text: `${name} is ${count} in the end, after ${acknowledged.length} acknowledged increments${allowed}, and ${unknown} of unknown outcome`,
        atMs: final.atMs,
        nodes: [master.name],
      },
    ];
  });
}
