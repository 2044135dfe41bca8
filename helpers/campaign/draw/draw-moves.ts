import type { Random } from '../../random.ts';
import type { Plan, PlannedFault } from '../plan.ts';
import { afterMs, onNode } from './draft.ts';
import { movesMakeNoLoop, writesCanBeTaken } from './rules.ts';
import { movesOf, upstreamsAt } from './upstreams.ts';

/** Moves at these times, each to another upstream than there is; fewer where there is none to move to. */
export function drawMoves(random: Random, plan: Plan, timesMs: readonly number[]): PlannedFault[] {
  let faults: readonly PlannedFault[] = [];
  for (const atMs of [...timesMs].sort((a, b) => a - b)) {
    const possible = movesAt({ ...plan, faults }, atMs);
    if (possible.length > 0) faults = [...faults, random.pick(possible)];
  }
  return [...faults];
}

function movesAt(plan: Plan, atMs: number): PlannedFault[] {
  const { nodes } = plan.topology;
  const upstreams = upstreamsAt(plan, atMs);
  const id = `f${movesOf(plan.faults).length + 1}`;
  return nodes
    .slice(1)
    .flatMap(({ name }) =>
      nodes
        .filter((to) => to.name !== name && to.name !== upstreams.get(name))
        .map((to) => ({ id, ...onNode(name, { kind: 'move', to: to.name }, atMs, afterMs(0)) })),
    )
    .filter((move) => {
      const moved = { ...plan, faults: [...plan.faults, move] };
      return movesMakeNoLoop(moved) === undefined && writesCanBeTaken(moved) === undefined;
    });
}
