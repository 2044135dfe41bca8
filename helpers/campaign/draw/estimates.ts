import type { Plan, PlannedNode, PlannedWorkload } from '../plan.ts';

/** What a workload makes of its numbers, roughly: values are mostly short, one in 400 is of up to `valueBytesMax`. */
const SHORT_BYTES = 150;
const LARGE_ONE_IN = 400;
/** Name of the command, key, and what goes around them. */
const COMMAND_BYTES = 80;
const OTHER_KEYS = 140;

/** The average value. */
export function valueBytesMean({ valueBytesMax }: Pick<PlannedWorkload, 'valueBytesMax'>): number {
  return Math.min(SHORT_BYTES, valueBytesMax) + Math.ceil(valueBytesMax / (2 * LARGE_ONE_IN));
}

/** What the workload adds to the stream of its master, if all its writes succeed. */
export function streamBytesPerSecond(workload: PlannedWorkload): number {
  const { mix, writesPerSecond } = workload;
  const total = Object.values(mix).reduce((sum, weight) => sum + weight, 0);
  const values = mix.register + mix.expiring + 2 * mix.pair;
  const valueBytes = (valueBytesMean(workload) * values) / total;
  return Math.ceil(writesPerSecond * (COMMAND_BYTES + valueBytes));
}

/** What there is of data when every key has been written. */
export function datasetBytes(workload: PlannedWorkload): number {
  return keysOf(workload) * (COMMAND_BYTES + valueBytesMean(workload));
}

/** Keys, when all are there: of each writer registers, expiring ones and pairs; counters; some of each other type. */
export function keysOf({ writers, keys, databases }: PlannedWorkload): number {
  return writers * (4 * keys + 1) + keys + OTHER_KEYS * databases;
}

/** A directive of a node in numbers, or what it is where the plan says nothing. */
export function numberOf({ config }: PlannedNode, directive: string, otherwise: number): number {
  const value = config[directive];
  return value === undefined ? otherwise : Number(value);
}

const REPL_TIMEOUT_SECONDS = 60;

/** The shortest and the longest time after which a node of the plan gives a silent link up. */
export function timeoutsSeconds({ topology }: Pick<Plan, 'topology'>): readonly [number, number] {
  const all = topology.nodes.map((node) => numberOf(node, 'repl-timeout', REPL_TIMEOUT_SECONDS));
  return [Math.min(...all), Math.max(...all)];
}

const SAVE_MS_MAX = 2_000;

/** How long an RDB may be made to last: the pauses in it must not be taken for a dead link, on a busy machine neither. */
export function saveMsMax(timeoutSeconds: number): number {
  return Math.min(SAVE_MS_MAX, Math.floor((1_000 * timeoutSeconds) / 3));
}

/** The longest way from the master to a node, whatever moves are made. */
export function generationsMax({ topology, faults }: Pick<Plan, 'topology' | 'faults'>): number {
  const moves = faults.filter(({ fault }) => fault.kind === 'move').length;
  const depthOf = (name: string): number => {
    const upstream = topology.nodes.find((node) => node.name === name)?.replicaOf;
    return upstream === undefined ? 0 : 1 + depthOf(upstream);
  };
  const drawn = Math.max(...topology.nodes.map(({ name }) => depthOf(name)));
  return Math.min(topology.nodes.length - 1, drawn + moves);
}

const BASE_MS = 10_000;
/** A load that is looked at every second, a reconnect that is tried every second. */
const PER_GENERATION_MS = 3_000;
/** What a server of the slowest kind sends and loads of an RDB, on a machine that does much else. */
const RDB_BYTES_PER_SECOND = 4_000_000;
/** A failover that is under way, one that failed before it, and the return of the old master. */
const SENTINELS_MS = 30_000;
const SHUTDOWN_TIMEOUT_SECONDS = 10;

/** Less than this after the last heal, a plan may not promise: full resyncs take their time, one generation after the other. */
export function leastConvergeMs(plan: Pick<Plan, 'topology' | 'faults' | 'workload'>): number {
  const { nodes, sentinels } = plan.topology;
  const most = (directive: string, otherwise: number) =>
    Math.max(...nodes.map((node) => numberOf(node, directive, otherwise)));
  const keys = keysOf(plan.workload);
  const transferMs =
    1_000 * most('repl-diskless-sync-delay', 0) +
    (keys * most('rdb-key-save-delay', 0)) / 1_000 +
    (1_000 * datasetBytes(plan.workload)) / RDB_BYTES_PER_SECOND;
  const isStopped = plan.faults.some(({ fault }) => fault.kind === 'stop');
  return Math.ceil(
    BASE_MS +
      // A link that nobody knows to be dead is given up, and a second one that was made beside it.
      2_000 * timeoutsSeconds(plan)[1] +
      generationsMax(plan) * (PER_GENERATION_MS + 2 * transferMs) +
      (isStopped ? 1_000 * most('shutdown-timeout', SHUTDOWN_TIMEOUT_SECONDS) : 0) +
      (sentinels > 0 ? SENTINELS_MS : 0),
  );
}
