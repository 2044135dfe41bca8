import { CLIENT, sentinelNames } from '../draw/kinds.ts';
import { isBelow, movesOf, upstreamsAt } from '../draw/upstreams.ts';
import type { Plan } from '../plan.ts';
import { Mismatch } from './json.ts';

const NAME = /^[a-z0-9][a-z0-9_-]*$/i;

/** Throws a Mismatch where parts of a plan do not agree: names that nobody has, upstreams in a circle, times that never come. */
export function mustAgree(plan: Plan): void {
  topologyMustAgree(plan);
  workloadMustAgree(plan);
  faultsMustAgree(plan);
  movesMustAgree(plan);
}

function topologyMustAgree({ topology: { nodes, sentinels } }: Plan): void {
  if (nodes.length === 0)
    throw new Mismatch('topology.nodes', 'expected a master, and there is none');
  const taken = new Set([CLIENT, ...sentinelNames(sentinels)]);
  const before = new Set<string>();
  const all = new Set(nodes.map(({ name }) => name));
  for (const [at, { name, replicaOf }] of nodes.entries()) {
    const path = `topology.nodes[${at}]`;
    if (!NAME.test(name)) {
      throw new Mismatch(`${path}.name`, 'letters, digits, - and _', name);
    }
    if (taken.has(name) || before.has(name)) {
      throw new Mismatch(`${path}.name`, 'a name that nobody else has', name);
    }
    if ((at === 0) !== (replicaOf === undefined)) {
      throw new Mismatch(
        `${path}.replicaOf`,
        at === 0 ? 'the first node is the master: it has none' : 'every node but the first has one',
      );
    }
    if (replicaOf !== undefined && !before.has(replicaOf)) {
      const why = all.has(replicaOf)
        ? 'a node that stands before its replicas: else upstreams go in a circle'
        : `a node: there are ${[...all].join(', ')}`;
      throw new Mismatch(`${path}.replicaOf`, why, replicaOf);
    }
    before.add(name);
  }
}

function workloadMustAgree({ workload }: Plan): void {
  if (workload.writers > 0 && Object.values(workload.mix).every((weight) => weight === 0)) {
    throw new Mismatch('workload.mix', 'expected a kind of write above 0: there are writers');
  }
}

function faultsMustAgree({ topology, faults, chaosMs }: Plan): void {
  const nodes = topology.nodes.map(({ name }) => name);
  const sentinels = sentinelNames(topology.sentinels);
  const named = (path: string, name: string, accepted: readonly string[]) => {
    if (!accepted.includes(name)) throw new Mismatch(path, `one of ${accepted.join(', ')}`, name);
  };
  const ids = new Set<string>();
  for (const [at, fault] of faults.entries()) {
    const path = `faults[${at}]`;
    if (ids.has(fault.id))
      throw new Mismatch(`${path}.id`, 'an id that no other fault has', fault.id);
    ids.add(fault.id);
    if (fault.atMs >= chaosMs) {
      throw new Mismatch(`${path}.atMs`, `less than chaosMs, ${chaosMs}`, fault.atMs);
    }
    if (fault.on === 'link') {
      named(`${path}.from`, fault.from, [CLIENT, ...nodes, ...sentinels]);
      named(`${path}.to`, fault.to, [...nodes, ...sentinels]);
      if (fault.from === fault.to) throw new Mismatch(`${path}.to`, 'another than from', fault.to);
      continue;
    }
    const isMove = fault.fault.kind === 'move';
    named(`${path}.node`, fault.node, isMove ? nodes : [...nodes, ...sentinels]);
    if (fault.fault.kind === 'move') named(`${path}.fault.to`, fault.fault.to, nodes);
  }
}

function movesMustAgree({ topology, faults }: Plan): void {
  for (const { id, node, to, atMs } of movesOf(faults)) {
    const path = `faults[${faults.findIndex((fault) => fault.id === id)}]`;
    if (topology.sentinels > 0) {
      throw new Mismatch(
        `${path}.fault.kind`,
        'no move beside Sentinels: they decide who replicates from whom',
      );
    }
    if (node === topology.nodes[0]?.name) {
      throw new Mismatch(`${path}.node`, 'a replica, not the master', node);
    }
    const before = faults.filter((fault) => fault.id !== id);
    if (isBelow(upstreamsAt({ topology, faults: before }, atMs), to, node)) {
      throw new Mismatch(
        `${path}.fault.to`,
        `a node that is not ${node}, nor below it at that time`,
        to,
      );
    }
  }
}
