import { can, sinceWhen, type Versioned } from '../../deployment/capabilities.ts';
import type { Plan, PlannedFault, PlannedNode } from '../plan.ts';
import { leastConvergeMs } from './estimates.ts';
import { sentinelNames } from './kinds.ts';
import { KEEPING, persistenceOf } from './persistence.ts';
import { conditionsCanHold } from './rules.ts';

/** What a plan is to run on, as far as plans need to know. */
export interface PlanTarget extends Versioned {
  /** The Toxiproxy in links of deployments without Sentinels can hold bytes back: the embedded one. */
  readonly canHold: boolean;
  /** Sentinels can run. */
  readonly hasSentinels: boolean;
}

export interface AdaptedPlan {
  readonly plan: Plan;
  /** What was taken out of it or is done otherwise, and why: a line each. */
  readonly changes: readonly string[];
}

type Step = (plan: Plan, target: PlanTarget) => AdaptedPlan;

/** A plan as a target can run it: what it lacks is left out or done another way, and each change is told. */
export function adaptPlan(plan: Plan, target: PlanTarget): AdaptedPlan {
  const steps = [withoutSentinels, withoutHold, withoutAof, withItsDirectives, withoutKnownDefects];
  const adapted = steps.reduce<AdaptedPlan>(
    (before, step) => {
      const after = step(before.plan, target);
      return { plan: after.plan, changes: [...before.changes, ...after.changes] };
    },
    { plan, changes: [] },
  );
  // What was changed may take its time.
  const convergeWithinMs = Math.max(plan.convergeWithinMs, leastConvergeMs(adapted.plan));
  return { ...adapted, plan: { ...adapted.plan, convergeWithinMs } };
}

/** Without Sentinels, clients write to the first node, and nobody else is promoted. */
const withoutSentinels: Step = (plan, { hasSentinels }) => {
  if (hasSentinels || plan.topology.sentinels === 0) return { plan, changes: [] };
  const gone = new Set(sentinelNames(plan.topology.sentinels));
  const left = plan.faults.filter((fault) =>
    fault.on === 'link' ? !gone.has(fault.from) && !gone.has(fault.to) : !gone.has(fault.node),
  );
  const alone = { ...plan, topology: { ...plan.topology, sentinels: 0 } };
  // On a path that no failover brings into use, a condition would never hold.
  const faults = left.map((fault) =>
    conditionsCanHold({ ...alone, faults: [fault] }) === undefined ? fault : byTime(fault),
  );
  const dropped = plan.faults.length - left.length;
  return {
    plan: { ...alone, faults },
    changes: [
      `no Sentinels, and none of the ${dropped} faults on them: there is no server that can be one`,
    ],
  };
};

const withoutHold: Step = (plan, { canHold }) => {
  // Beside Sentinels all links are led by an embedded one, whatever else there is.
  const isEmbedded = canHold || plan.topology.sentinels > 0;
  const held = isEmbedded ? [] : plan.faults.filter(({ fault }) => fault.kind === 'hold');
  if (held.length === 0) return { plan, changes: [] };
  const faults = plan.faults.map(
    (planned): PlannedFault =>
      planned.on === 'link' && planned.fault.kind === 'hold'
        ? { ...planned, fault: { ...planned.fault, kind: 'half-open' } }
        : planned,
  );
  return {
    plan: { ...plan, faults },
    changes: [
      `${held.map(({ id }) => id).join(', ')}: half-open instead of hold, which only the embedded Toxiproxy has`,
    ],
  };
};

/** A clean stop, and an RDB, keep what an append-only file would: who can be the master is stopped instead of killed. */
const withoutAof: Step = (plan, target) => {
  const { nodes, sentinels } = plan.topology;
  const kept = nodes.filter((node) => persistenceOf(node) === 'aof').map(({ name }) => name);
  if (can(target, 'aof') || kept.length === 0) return { plan, changes: [] };
  const spared = new Set(kept.filter((name) => sentinels > 0 || name === nodes[0]?.name));
  const isSpared = (planned: PlannedFault) =>
    planned.on === 'node' && planned.fault.kind === 'kill' && spared.has(planned.node);
  const stopped = plan.faults.filter(isSpared);
  const faults = plan.faults.map(
    (planned): PlannedFault =>
      planned.on === 'node' && isSpared(planned)
        ? { ...planned, fault: { kind: 'stop' } }
        : planned,
  );
  const changed = withNodes({ ...plan, faults }, (node) =>
    persistenceOf(node) === 'aof'
      ? { ...without(node, Object.keys(KEEPING.aof)), ...KEEPING.rdb }
      : node.config,
  );
  return {
    plan: changed,
    changes: [
      `${kept.join(', ')}: an RDB at each stop instead of an append-only file (${sinceWhen('aof')})`,
      ...(stopped.length > 0
        ? [
            `${stopped.map(({ id }) => id).join(', ')}: stop instead of kill, which would lose what was acknowledged`,
          ]
        : []),
    ],
  };
};

const SHUTDOWN_TIMEOUT = 'shutdown-timeout';
/** Full resyncs over two connections, as Redis calls it and as Valkey does. */
const RDB_CHANNEL = 'repl-rdb-channel';
const DUAL_CHANNEL = 'dual-channel-replication-enabled';

const withItsDirectives: Step = (plan, target) => {
  const changes: string[] = [];
  let adapted = plan;
  const has = (directive: string) =>
    adapted.topology.nodes.some(({ config }) => config[directive] !== undefined);
  const drop = (directive: string, why: string) => {
    adapted = withNodes(adapted, (node) => without(node, [directive]));
    changes.push(`no ${directive}: ${why}`);
  };
  if (has(SHUTDOWN_TIMEOUT) && !can(target, 'shutdown-waits')) {
    drop(SHUTDOWN_TIMEOUT, `it needs ${sinceWhen('shutdown-waits')}`);
  }
  if (has(RDB_CHANNEL) && can(target, 'dual-channel')) {
    adapted = withNodes(adapted, ({ config }) =>
      Object.fromEntries(
        Object.entries(config).map(([name, value]) => [
          name === RDB_CHANNEL ? DUAL_CHANNEL : name,
          value,
        ]),
      ),
    );
    changes.push(`${RDB_CHANNEL} is ${DUAL_CHANNEL}`);
  } else if (has(RDB_CHANNEL) && !can(target, 'rdb-channel')) {
    drop(RDB_CHANNEL, `it needs ${sinceWhen('two-channels')}`);
  }
  return { plan: adapted, changes };
};

/** What is known to fail by the server's own fault, and pinned by a suite, would hide what is not known. */
const withoutKnownDefects: Step = (plan, target) => {
  const hit = plan.topology.nodes
    .filter(
      ({ config }) => config[DUAL_CHANNEL] === 'yes' && config['repl-diskless-load'] !== 'swapdb',
    )
    .map(({ name }) => name);
  if (hit.length === 0 || can(target, 'loads-on-without-stream')) return { plan, changes: [] };
  return {
    plan: withNodes(plan, (node) =>
      hit.includes(node.name) ? without(node, [DUAL_CHANNEL]) : node.config,
    ),
    changes: [
      `${hit.join(', ')}: no ${DUAL_CHANNEL}, as a replica of this version ends when its link breaks while it loads from a file`,
    ],
  };
};

function byTime(fault: PlannedFault): PlannedFault {
  const { end } = fault;
  return end.after === 'time' ? fault : { ...fault, end: { after: 'time', ms: end.withinMs } };
}

function withNodes(plan: Plan, configOf: (node: PlannedNode) => PlannedNode['config']): Plan {
  const nodes = plan.topology.nodes.map((node) => ({ ...node, config: configOf(node) }));
  return { ...plan, topology: { ...plan.topology, nodes } };
}

function without({ config }: PlannedNode, directives: readonly string[]): PlannedNode['config'] {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !directives.includes(name)));
}
