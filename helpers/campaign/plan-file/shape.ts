import {
  CONDITIONS,
  type LINK_KINDS,
  type NODE_KINDS,
  SENTINELS,
  WRITE_KINDS,
} from '../draw/kinds.ts';
import type {
  Direction,
  FaultEnd,
  LinkFaultSpec,
  NodeFaultSpec,
  Plan,
  PlannedFault,
  PlannedNode,
  PlannedTopology,
  PlannedWorkload,
} from '../plan.ts';
import {
  fraction,
  list,
  Mismatch,
  object,
  oneOf,
  type Read,
  tagged,
  text,
  texts,
  whole,
} from './json.ts';

/** The fields of a plan, their types and ranges; not yet whether its parts agree with each other. */

const DIRECTION: Read<Direction> = oneOf(['upstream', 'downstream']);
const TTL_MS_MIN = 1;
const DATABASES_MAX = 16;
const VALUE_BYTES_MAX = 512 * 1024 ** 2;
/** A week. A timer of Node that is set to more than 24 days fires at once. */
const TIME_MS_MAX = 7 * 24 * 3_600_000;

const NODE = object<PlannedNode>({ name: text, replicaOf: text, config: texts }, ['replicaOf']);

const TOPOLOGY = object<PlannedTopology>({ nodes: list(NODE), sentinels: oneOf(SENTINELS) });

const WORKLOAD = object<PlannedWorkload>({
  writers: whole(0),
  readersPerNode: whole(0),
  writesPerSecond: whole(0),
  readsPerSecond: whole(0),
  keys: whole(1),
  skew: fraction,
  valueBytesMax: whole(0, VALUE_BYTES_MAX),
  databases: whole(1, DATABASES_MAX),
  ttlMsMax: whole(TTL_MS_MIN),
  mix: object(
    Object.fromEntries(WRITE_KINDS.map((kind) => [kind, whole(0)])) as Record<
      (typeof WRITE_KINDS)[number],
      Read<number>
    >,
  ),
});

type Spec<K> = Read<Extract<LinkFaultSpec | NodeFaultSpec, { kind: K }>>;

const LINK_SPECS: { readonly [K in (typeof LINK_KINDS)[number]]: Spec<K> } = {
  cut: object({ kind: oneOf(['cut']) }),
  reset: object({ kind: oneOf(['reset']) }),
  'half-open': object({ kind: oneOf(['half-open']), direction: DIRECTION }),
  latency: (value, path) => {
    const spec = object<Extract<LinkFaultSpec, { kind: 'latency' }>>({
      kind: oneOf(['latency']),
      direction: DIRECTION,
      latencyMs: whole(1),
      jitterMs: whole(0),
    })(value, path);
    if (spec.jitterMs >= spec.latencyMs) {
      throw new Mismatch(
        `${path}.jitterMs`,
        `less than latencyMs, ${spec.latencyMs}`,
        spec.jitterMs,
      );
    }
    return spec;
  },
  bandwidth: object({
    kind: oneOf(['bandwidth']),
    direction: DIRECTION,
    kilobytesPerSecond: whole(1),
  }),
  'limit-data': object({ kind: oneOf(['limit-data']), direction: DIRECTION, bytes: whole(1) }),
  slices: object({ kind: oneOf(['slices']), direction: DIRECTION, bytes: whole(1) }),
  hold: object({ kind: oneOf(['hold']), direction: DIRECTION }),
};

const NODE_SPECS: { readonly [K in (typeof NODE_KINDS)[number]]: Spec<K> } = {
  pause: object({ kind: oneOf(['pause']) }),
  kill: object({ kind: oneOf(['kill']) }),
  stop: object({ kind: oneOf(['stop']) }),
  move: object({ kind: oneOf(['move']), to: text }),
};

const END = tagged<FaultEnd>('after', {
  time: object({ after: oneOf(['time']), ms: whole(0, TIME_MS_MAX) }),
  condition: object({
    after: oneOf(['condition']),
    condition: oneOf(CONDITIONS),
    withinMs: whole(0, TIME_MS_MAX),
  }),
});

const WHEN = { id: text, atMs: whole(0), end: END };

const FAULT = tagged<PlannedFault>('on', {
  link: object<Extract<PlannedFault, { on: 'link' }>>({
    ...WHEN,
    on: oneOf(['link']),
    from: text,
    to: text,
    fault: tagged<LinkFaultSpec>('kind', LINK_SPECS),
  }),
  node: object<Extract<PlannedFault, { on: 'node' }>>({
    ...WHEN,
    on: oneOf(['node']),
    node: text,
    fault: tagged<NodeFaultSpec>('kind', NODE_SPECS),
  }),
});

export const PLAN = object<Plan>({
  format: oneOf([1]),
  seed: whole(Number.MIN_SAFE_INTEGER),
  topology: TOPOLOGY,
  workload: WORKLOAD,
  faults: list(FAULT),
  chaosMs: whole(1, TIME_MS_MAX),
  convergeWithinMs: whole(1, TIME_MS_MAX),
});
