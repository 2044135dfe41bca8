/**
 * One random scenario of a campaign, whole: whoever has it runs it again, on any machine. Plain JSON; nothing in it depends
 * on when or where it was drawn. Times are milliseconds from the moment at which the deployment is ready.
 */
export interface Plan {
  readonly format: 1;
  /** What it was drawn from. The workload draws from it, too. */
  readonly seed: number;
  readonly topology: PlannedTopology;
  readonly workload: PlannedWorkload;
  readonly faults: readonly PlannedFault[];
  /** How long clients write and faults come. Then all is healed. */
  readonly chaosMs: number;
  /** How long after the last heal everything may take until it has converged. */
  readonly convergeWithinMs: number;
}

export interface PlannedTopology {
  /** Upstreams before their replicas; the first is the master. */
  readonly nodes: readonly PlannedNode[];
  /** 0, 3 or 5. With them, clients ask them for the master, and write to nobody else. */
  readonly sentinels: number;
}

export interface PlannedNode {
  readonly name: string;
  readonly replicaOf?: string;
  /** Directives beyond those that every node of a deployment gets. */
  readonly config: Readonly<Record<string, string>>;
}

/** What clients do. Every client draws from a stream of its own: what it asks depends on the plan alone, how much on the server. */
export interface PlannedWorkload {
  /** Connections that write, to the master. */
  readonly writers: number;
  /** Connections that read, per node, the master included. */
  readonly readersPerNode: number;
  /** Of all writers together. */
  readonly writesPerSecond: number;
  /** Of all readers together. */
  readonly readsPerSecond: number;
  /** Keys of each kind and writer. */
  readonly keys: number;
  /** How much more often some keys are met than others: the exponent of Zipf's law. 0: all alike. */
  readonly skew: number;
  readonly valueBytesMax: number;
  /** Databases are 0 to one less. */
  readonly databases: number;
  /** The longest time to live that is given to a key. */
  readonly ttlMsMax: number;
  /** How often each kind of write is drawn, relative to the others. 0: never. */
  readonly mix: Readonly<Record<WriteKind, number>>;
}

/**
 * - `append`: RPUSH of an id that no other write has, to the writer's own list.
 * - `register`: SET of a key that this writer alone writes to its next version, sometimes in a value of many bytes.
 * - `remove`: DEL of such a key.
 * - `expiring`: SET of such a key with a time to live.
 * - `count`: INCR of a counter that all writers share.
 * - `pair`: two keys set to the same version in one MULTI/EXEC.
 * - `other`: a write of any other type and command: for the data at the end alone.
 */
export type WriteKind = 'append' | 'register' | 'remove' | 'expiring' | 'count' | 'pair' | 'other';

/** Something done to a link or a node, and when it ends. Whatever is in force when the chaos is over ends then. */
export type PlannedFault = (PlannedLinkFault | PlannedNodeFault) & {
  /** `f1`, `f2`, ...: how the record speaks of it. */
  readonly id: string;
  readonly atMs: number;
  readonly end: FaultEnd;
};

export interface PlannedLinkFault {
  readonly on: 'link';
  /** Name of a node or a Sentinel, or `client`. */
  readonly from: string;
  /** Name of a node or a Sentinel. */
  readonly to: string;
  readonly fault: LinkFaultSpec;
}

/** The faults of helpers/links/faults, by the names and parameters of their functions. `upstream` is towards `to`. */
export type LinkFaultSpec =
  | { readonly kind: 'cut' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'half-open'; readonly direction: Direction }
  | {
      readonly kind: 'latency';
      readonly direction: Direction;
      readonly latencyMs: number;
      readonly jitterMs: number;
    }
  | {
      readonly kind: 'bandwidth';
      readonly direction: Direction;
      readonly kilobytesPerSecond: number;
    }
  | { readonly kind: 'limit-data'; readonly direction: Direction; readonly bytes: number }
  | { readonly kind: 'slices'; readonly direction: Direction; readonly bytes: number }
  /** Embedded Toxiproxy alone. Bytes are held, none is lost. */
  | { readonly kind: 'hold'; readonly direction: Direction };

export type Direction = 'upstream' | 'downstream';

export interface PlannedNodeFault {
  readonly on: 'node';
  /** Name of a node or a Sentinel. */
  readonly node: string;
  readonly fault: NodeFaultSpec;
}

export type NodeFaultSpec =
  /** SIGSTOP; its end is SIGCONT. */
  | { readonly kind: 'pause' }
  /** SIGKILL; its end is the start. What is on its disk is there again, and no more. */
  | { readonly kind: 'kill' }
  /** SHUTDOWN, with a save where it is configured; its end is the start. */
  | { readonly kind: 'stop' }
  /** REPLICAOF another node, not below it; its end is nothing: it stays there. Never beside Sentinels. */
  | { readonly kind: 'move'; readonly to: string };

export type FaultEnd =
  | { readonly after: 'time'; readonly ms: number }
  /** When the condition holds, or after `withinMs`, whichever is first. */
  | {
      readonly after: 'condition';
      readonly condition: FaultCondition;
      readonly withinMs: number;
    };

/**
 * - `backlog-overrun`: the upstream at the far end of the link has dropped a byte that the near end lacks.
 * - `backlog-half-full`: that lacks half of what the backlog holds.
 * - `full-resync-begun`: any node is being sent, or loads, an RDB.
 * - `noticed`: the replica at the near end says its link is down.
 */
export type FaultCondition =
  | 'backlog-overrun'
  | 'backlog-half-full'
  | 'full-resync-begun'
  | 'noticed';
