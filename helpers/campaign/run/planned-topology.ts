import { sentinels } from '../../deployment/sentinels/plan.ts';
import { type Topology, topology } from '../../deployment/topology.ts';
import { CLIENT } from '../../deployment/wiring.ts';
import { ChaosError } from '../../errors.ts';
import type { Plan, PlannedFault } from '../plan.ts';
import { linkFaultOf } from './link-faults.ts';

/** The topology of a plan. Throws a `misuse` error if the plan is none that could be run. */
export function plannedTopology({ format, topology: planned, faults }: Plan): Topology {
  if (format !== 1) {
    throw new ChaosError('misuse', `the plan has format ${format}, expected 1`);
  }
  const nodes = topology(planned.nodes);
  const whole = planned.sentinels > 0 ? sentinels(planned.sentinels, nodes) : nodes;
  const names = [...nodes.nodes.map(({ name }) => name), ...(whole.sentinels?.names ?? [])];
  const ids = new Set<string>();
  for (const fault of faults) {
    if (ids.has(fault.id)) throw new ChaosError('misuse', `two faults have the id ${fault.id}`);
    ids.add(fault.id);
    const unknown = namesIn(fault).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new ChaosError(
        'misuse',
        `fault ${fault.id} is about ${unknown}; there are ${names.join(', ')}`,
      );
    }
    if (fault.on === 'link') linkFaultOf(fault.fault);
  }
  return whole;
}

function namesIn(fault: PlannedFault): string[] {
  if (fault.on === 'link') {
    return fault.from === CLIENT ? [fault.to] : [fault.from, fault.to];
  }
  return fault.fault.kind === 'move' ? [fault.node, fault.fault.to] : [fault.node];
}
