import type { Plan, PlannedFault } from '../plan.ts';
import {
  datasetBytes,
  keysOf,
  leastConvergeMs,
  numberOf,
  saveMsMax,
  streamBytesPerSecond,
  timeoutsSeconds,
} from './estimates.ts';
import { CLIENT } from './kinds.ts';
import { outputLimitOf } from './output-limit.ts';
import { canOverlap, coveredMs, latestEndMs } from './times.ts';
import { canBeBelow, movesOf, upstreamsAt } from './upstreams.ts';

/**
 * What keeps a plan sane: one that breaks a rule may fail by design, with no server to blame. Each says what is wrong with a
 * plan, or nothing. Plans that are drawn, adapted or made smaller keep all of them.
 */
export type Rule = (plan: Plan) => string | undefined;

const MB = 1024 ** 2;
/** Valkey's default. Redis has 1 MB. */
const BACKLOG_BYTES = 10 * MB;
const REPL_PING_SECONDS = 10;
export const STREAM_BYTES_PER_SECOND_MAX = 3 * MB;
/**
 * What a replica is charged with where replicas share blocks with the backlog (Redis 7.0): 20504 bytes for a block, whatever
 * it holds, and up to three at a time. Below that limit a replica that lacks nothing is dropped, for ever.
 */
const BLOCKS_BYTES = 3 * 20_504;
export const DATASET_BYTES_MAX = 24 * MB;
/** Of the time of the chaos, in which no client reaches the master. */
const UNREACHABLE_MAX = 0.5;

/** After the last heal there is time for every full resync that may be needed, one generation after the other. */
export const leavesTimeToConverge: Rule = (plan) => {
  const leastMs = leastConvergeMs(plan);
  return plan.convergeWithinMs < leastMs
    ? `convergence within ${plan.convergeWithinMs} ms, where ${leastMs} ms may be needed`
    : undefined;
};

/**
 * Output buffers hold a backlog, any two values, and what is written while a full resync takes its time: else a replica is
 * dropped in each, begins anew, and is dropped again.
 */
export const outputLimitsLetResyncsEnd: Rule = ({ topology, workload }) => {
  for (const node of topology.nodes) {
    const limit = outputLimitOf(node);
    const leastBytes = outputBytesNeeded(
      workload,
      numberOf(node, 'repl-backlog-size', BACKLOG_BYTES),
    );
    const tooSmall = [limit?.hardBytes, limit?.softBytes].find(
      (bytes) => bytes !== undefined && bytes > 0 && bytes < leastBytes,
    );
    if (tooSmall !== undefined) {
      return `${node.name} drops replicas at ${tooSmall} bytes of output, where ${leastBytes} may be needed`;
    }
  }
  return undefined;
};

/** What an output limit of replicas has to let through. */
export function outputBytesNeeded(workload: Plan['workload'], backlogBytes: number): number {
  return Math.max(
    BLOCKS_BYTES,
    backlogBytes,
    2 * workload.valueBytesMax,
    2 * streamBytesPerSecond(workload),
  );
}

/** A link with nothing to say is not taken for dead: each upstream pings more often than its replicas' timeouts are over. */
export const pingsComeBeforeTimeouts: Rule = (plan) => {
  // Whoever replicates from whom: moves and failovers make any pair.
  const [shortest] = timeoutsSeconds(plan);
  const longest = Math.max(
    ...plan.topology.nodes.map((node) =>
      numberOf(node, 'repl-ping-replica-period', REPL_PING_SECONDS),
    ),
  );
  return shortest <= longest
    ? `a repl-timeout of ${shortest} s, and pings every ${longest} s`
    : undefined;
};

/** Whoever is the master has as many replicas as min-replicas-to-write asks for, when all is well. */
export const writesCanBeTaken: Rule = ({ topology, faults }) => {
  const [master] = topology.nodes;
  const asked = (name: string) =>
    numberOf(
      topology.nodes.find((node) => node.name === name) ?? { name, config: {} },
      'min-replicas-to-write',
      0,
    );
  if (topology.sentinels > 0) {
    // After a failover the old master is missing for a while.
    const most = Math.max(...topology.nodes.map(({ name }) => asked(name)));
    const left = topology.nodes.length - 2;
    return most > Math.max(left, 0)
      ? `writes need ${most} replicas, a failover leaves ${left}`
      : undefined;
  }
  if (master === undefined) return undefined;
  const times = [0, ...movesOf(faults).map(({ atMs }) => atMs)];
  const fewest = Math.min(
    ...times.map(
      (atMs) =>
        [...upstreamsAt({ topology, faults }, atMs).values()].filter((name) => name === master.name)
          .length,
    ),
  );
  return asked(master.name) > fewest
    ? `writes need ${asked(master.name)} replicas, ${master.name} has ${fewest}`
    : undefined;
};

/** Clients reach the master half of the time at least: else the load has no floor to stand on. */
export const clientsGetThrough: Rule = (plan) => {
  const awayMs = clientsAwayMs(plan);
  return awayMs > plan.chaosMs * UNREACHABLE_MAX
    ? `clients cannot reach the master for up to ${awayMs} of ${plan.chaosMs} ms`
    : undefined;
};

/** How long a chaos has to be at least for its clients to get through. */
export function leastChaosMs(plan: Plan): number {
  return Math.ceil(clientsAwayMs(plan) / UNREACHABLE_MAX);
}

function clientsAwayMs({ topology, faults, chaosMs }: Plan): number {
  const [master] = topology.nodes;
  const spans = faults
    .filter((fault) => keepsClientsOut(fault, master?.name ?? ''))
    .map((fault) => [fault.atMs, Math.min(latestEndMs(fault), chaosMs)] as const);
  return coveredMs(spans);
}

function keepsClientsOut(planned: PlannedFault, master: string): boolean {
  if (planned.on === 'node') return planned.node === master && planned.fault.kind !== 'move';
  const { from, to, fault } = planned;
  // The others slow clients down, and let them through.
  const blocks = ['cut', 'half-open', 'hold', 'limit-data', 'reset'].includes(fault.kind);
  return from === CLIENT && to === master && blocks;
}

/** No node can come to stand below itself, also if moves before are passed over, as when their node is down. */
export const movesMakeNoLoop: Rule = ({ topology, faults }) => {
  const moves = movesOf(faults);
  for (const [at, move] of moves.entries()) {
    const before = new Set(moves.slice(0, at).map(({ id }) => id));
    const earlier = faults.filter(({ id }) => before.has(id));
    if (canBeBelow({ topology, faults: earlier }, move.to, move.node)) {
      return `${move.id} moves ${move.node} to ${move.to}, which may stand below it`;
    }
  }
  return undefined;
};

/** Two cores carry the load. */
export const loadIsBearable: Rule = ({ workload }) => {
  const perSecond = streamBytesPerSecond(workload);
  if (perSecond > STREAM_BYTES_PER_SECOND_MAX) {
    return `${perSecond} bytes are written each second, more than ${STREAM_BYTES_PER_SECOND_MAX}`;
  }
  const bytes = datasetBytes(workload);
  return bytes > DATASET_BYTES_MAX
    ? `up to ${bytes} bytes of data, more than ${DATASET_BYTES_MAX}`
    : undefined;
};

/** An RDB that is made slowly on purpose is made before a replica gives its link up: else it would begin anew, over and over. */
export const rdbsAreMadeInTime: Rule = (plan) => {
  const keys = keysOf(plan.workload);
  const mostMs = saveMsMax(timeoutsSeconds(plan)[0]);
  for (const node of plan.topology.nodes) {
    const savingMs = (keys * numberOf(node, 'rdb-key-save-delay', 0)) / 1_000;
    if (savingMs > mostMs) {
      return `${node.name} takes ${savingMs} ms for an RDB, more than ${mostMs}`;
    }
  }
  return undefined;
};

/** A node is paused, or down, for one reason at a time: how it ends would else be nobody's. */
export const nodesHaveOneFaultAtATime: Rule = ({ faults }) => {
  for (const [at, one] of faults.entries()) {
    for (const other of faults.slice(at + 1)) {
      if (
        one.on === 'node' &&
        other.on === 'node' &&
        one.node === other.node &&
        canOverlap(one, other)
      ) {
        return `${one.id} and ${other.id} may both be in force on ${one.node}`;
      }
    }
  }
  return undefined;
};

/** Conditions about a backlog, or what a replica says of its link, are waited for where the link is its own. */
export const conditionsCanHold: Rule = (plan) => {
  const names = new Set(plan.topology.nodes.map(({ name }) => name));
  for (const fault of plan.faults) {
    if (fault.end.after === 'time' || fault.end.condition === 'full-resync-begun') continue;
    const { condition } = fault.end;
    if (fault.on === 'node' || !names.has(fault.from) || !names.has(fault.to)) {
      return `${fault.id} waits for ${condition}, and is not on a link between two nodes`;
    }
    const upstream = upstreamsAt(plan, fault.atMs).get(fault.from);
    if (plan.topology.sentinels === 0 && upstream !== fault.to) {
      return `${fault.id} waits for ${condition}, and ${fault.from} has ${upstream ?? 'nobody'} as its upstream`;
    }
  }
  return undefined;
};

export const RULES: Readonly<Record<string, Rule>> = {
  leavesTimeToConverge,
  outputLimitsLetResyncsEnd,
  pingsComeBeforeTimeouts,
  writesCanBeTaken,
  clientsGetThrough,
  movesMakeNoLoop,
  loadIsBearable,
  rdbsAreMadeInTime,
  nodesHaveOneFaultAtATime,
  conditionsCanHold,
};

/** What all rules have to say against a plan: nothing, if it is sane. */
export function objections(plan: Plan): string[] {
  return Object.values(RULES)
    .map((rule) => rule(plan))
    .filter((objection) => objection !== undefined);
}

/** Names of the rules that a plan breaks. */
export function brokenRules(plan: Plan): string[] {
  return Object.entries(RULES)
    .filter(([, rule]) => rule(plan) !== undefined)
    .map(([name]) => name);
}
