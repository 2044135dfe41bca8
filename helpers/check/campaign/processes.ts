/**
 * A process that nobody ends goes on. Whatever a peer sends or withholds, a server answers for it and lives.
 */
import type { RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { faultsInForce } from './faults-in-force.ts';
import { eventsOf } from './segments.ts';

/** How late one of both, an end and the fault that brought it, may be told. */
const TOLD_LATE_MS = 2_000;

export const processes: Checker = {
  name: 'processes',
  check: (record) => {
    const troubles = record.troubles.flatMap(({ node, verdict, text, atMs }) =>
      node === undefined || verdict === 'environment' || verdict === 'misuse'
        ? []
        : [{ verdict, text, atMs, nodes: [node] }],
    );
    const told = new Set(troubles.flatMap(({ nodes }) => nodes));
    return [
      ...troubles,
      ...[...unasked(record), ...missing(record)].filter(
        ({ nodes = [] }) => !nodes.some((node) => told.has(node)),
      ),
    ];
  },
};

function unasked(record: RunRecord): Objection[] {
  const faults = faultsInForce(record);
  return eventsOf(record, 'ended').flatMap(({ node, atMs }) => {
    const isAsked = faults.some(
      ({ fault, fromMs, untilMs }) =>
        fault.on === 'node' &&
        fault.node === node &&
        (fault.fault.kind === 'kill' || fault.fault.kind === 'stop') &&
        fromMs - TOLD_LATE_MS <= atMs &&
        atMs <= untilMs,
    );
    if (isAsked) return [];
    const text = `${node} ended ${when(record, atMs)}, and nobody had asked it to`;
    return [{ verdict: 'correctness', text, atMs, nodes: [node] }];
  });
}

function missing({ final }: RunRecord): Objection[] {
  return (final?.nodes ?? []).flatMap(({ name, up }) =>
    up
      ? []
      : [
          {
            verdict: 'liveness' as const,
            text: `${name} does not answer in the end, when all was healed`,
            ...(final !== undefined && { atMs: final.atMs }),
            nodes: [name],
          },
        ],
  );
}
