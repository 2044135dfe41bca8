/**
 * A run whose faults were not in force, or in which nothing was replicated, shows nothing of either. Passed over may be what
 * makes no sense at that moment; but of most faults it may not.
 */
import type { RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { faultsInForce } from './faults-in-force.ts';

/** Of the planned faults. */
const IN_FORCE_MIN = 0.5;

export const faultEffect: Checker = {
  name: 'fault effect',
  check: (record) => [...faults(record), ...replication(record)],
};

function faults(record: RunRecord): Objection[] {
  const planned = record.head.plan.faults.length;
  if (planned === 0) return [];
  const inForce = new Set(faultsInForce(record).map(({ fault }) => fault.id)).size;
  const [reason] = record.events.flatMap((event) =>
    event.what === 'passed-over' ? [`; ${event.fault} was passed over: ${event.reason}`] : [],
  );
  if (inForce >= planned * IN_FORCE_MIN && inForce > 0) return [];
  return [
    {
      verdict: 'inconclusive',
      text: `${inForce} of ${planned} planned faults were in force${reason ?? ''}`,
    },
  ];
}

/** A replica that gets on while it is looked at, or has something in the end, has been sent it. */
function replication({ head, samples, final }: RunRecord): Objection[] {
  const replicas = head.plan.topology.nodes.filter(({ replicaOf }) => replicaOf !== undefined);
  if (replicas.length === 0) return [];
  const hasMoved = replicas.some(({ name }) => {
    const offsets = new Set(
      samples.flatMap(({ node, offset }) =>
        node === name && offset !== undefined ? [offset] : [],
      ),
    );
    return offsets.size > 1;
  });
  const has = (final?.nodes ?? []).some(
    ({ name, lists, registers }) =>
      replicas.some((replica) => replica.name === name) &&
      (Object.keys(lists).length > 0 || Object.keys(registers).length > 0),
  );
  return hasMoved || has
    ? []
    : [
        {
          verdict: 'inconclusive',
          text: 'no replica was seen to get anything: nothing was replicated',
        },
      ];
}
