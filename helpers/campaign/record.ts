import type { Verdict } from '../errors.ts';
import type { Outcome } from '../workload/outcome.ts';
import type { Plan, WriteKind } from './plan.ts';

/**
 * All that was done and seen in one run of a plan: what checkers judge and reports show. Stored as lines of JSON in the order
 * in which they came to be, so that a run which dies leaves what it saw. Instants are milliseconds since the epoch, on the
 * harness's clock.
 */
export interface RunRecord {
  readonly head: RecordHead;
  readonly operations: readonly Operation[];
  readonly samples: readonly NodeSample[];
  readonly events: readonly RunEvent[];
  readonly resyncs: readonly RecordedResync[];
  readonly logs: readonly RecordedLog[];
  /** Absent if the run did not get there. */
  readonly final?: FinalState;
  /** What kept the run from going on as planned: of the machine or the harness, or a node that ended by itself. */
  readonly troubles: readonly Trouble[];
}

export interface RecordHead {
  readonly format: 1;
  readonly plan: Plan;
  readonly target: {
    /** As `--targets` takes it. */
    readonly name: string;
    readonly description: string;
  };
  /** Products and versions as the nodes say themselves, by name: `redis 7.0.15`, `reference`. */
  readonly servers: Readonly<Record<string, string>>;
  /** When the deployment was ready, and its clients had connected: 0 of the plan's times. */
  readonly readyAtMs: number;
}

/** What one client asked, and heard. Reads have a `read` kind, of writes each kind. */
export interface Operation {
  readonly type: 'operation';
  /** `writer-1`, `reader-replica-2-1`: one connection after the other; `connection` counts them. */
  readonly client: string;
  readonly connection: number;
  /** Name of the node that was asked, as far as the client knows. */
  readonly node: string;
  readonly kind: WriteKind | ReadKind;
  readonly db: number;
  /** The key; for `pair` the first of the two. */
  readonly key: string;
  /** Written version or id; for reads what came: a version, a count, the versions of a pair, or null for no such key. */
  readonly value?: string | number | null | readonly (string | null)[];
  /** For `expiring`. */
  readonly ttlMs?: number;
  readonly invokedAtMs: number;
  /** Absent if it was never heard of again. */
  readonly completedAtMs?: number;
  readonly outcome: Outcome;
  readonly error?: string;
}

/**
 * - `read`: GET of a register, on any node. The value is its version.
 * - `read-pair`: both keys of a pair in one MGET.
 * - `read-list`: the length and the last id of a list, as `[length, id]` in strings.
 */
export type ReadKind = 'read' | 'read-pair' | 'read-list';

/** What a node said of itself, or that it said nothing. */
export interface NodeSample {
  readonly type: 'sample';
  readonly node: string;
  readonly atMs: number;
  readonly state: 'answers' | 'loading' | 'silent' | 'paused' | 'ended';
  readonly role?: 'master' | 'replica';
  readonly replid?: string;
  /** Bytes. */
  readonly offset?: number;
  /** Of a replica. */
  readonly link?: 'up' | 'down';
  readonly syncInProgress?: boolean;
  /** `used_memory`. */
  readonly memoryBytes?: number;
  readonly connectedClients?: number;
  /** Open file descriptors of the process, where the machine tells. */
  readonly fileDescriptors?: number;
  readonly backlog?: { readonly firstByteOffset: number; readonly histlenBytes: number };
}

export type RunEvent = { readonly type: 'event'; readonly atMs: number } & (
  | { readonly what: 'phase'; readonly phase: 'chaos' | 'healing' | 'converged' | 'over' }
  /** `effect` is how it was seen to bite; absent where nobody looked. */
  | { readonly what: 'fault'; readonly fault: string; readonly effect?: string }
  /** `condition` is absent where time ended it. */
  | { readonly what: 'heal'; readonly fault: string; readonly condition?: string }
  /** A fault that could not be put in force, as when its node was down: not an error. */
  | { readonly what: 'passed-over'; readonly fault: string; readonly reason: string }
  | { readonly what: 'ended' | 'started' | 'promoted' | 'demoted'; readonly node: string }
);

export interface RecordedResync {
  readonly type: 'resync';
  readonly atMs: number;
  readonly upstream: string;
  readonly replica: string;
  readonly kind: 'full' | 'partial';
  readonly reason: string;
  /** Bytes of the backlog that were sent; partial only. */
  readonly backlogBytes?: number;
  /** Where the upstream's answer is not the one that the model comes to, what that is. */
  readonly modelObjects?: string;
  readonly endedAtMs?: number;
  /** How the connection ended that it was made on. */
  readonly ending?: string;
}

export interface RecordedLog {
  readonly type: 'log';
  readonly node: string;
  readonly atMs: number;
  readonly text: string;
}

/** When all was healed and had converged, or had the time to. */
export interface FinalState {
  readonly type: 'final';
  readonly atMs: number;
  /** Time from the last heal to convergence of offsets and data. Absent if they did not. */
  readonly convergedAfterMs?: number;
  /** What did not converge, in words, a line each: offsets, links, the first differences of the data. */
  readonly differences: readonly string[];
  readonly nodes: readonly FinalNode[];
}

export interface FinalNode {
  readonly name: string;
  readonly up: boolean;
  readonly role?: 'master' | 'replica';
  readonly replid?: string;
  readonly offset?: number;
  /** `db/key` -> the ids of a writer's list, in order. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** `db/key` -> version, of registers, expiring keys and both keys of pairs that are there. */
  readonly registers: Readonly<Record<string, string>>;
  /** `db/key` -> count. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface Trouble {
  readonly type: 'trouble';
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly node?: string;
  readonly text: string;
}

/** Something that a checker objects to, or cannot judge. */
export interface Finding {
  /** Name of the checker. */
  readonly checker: string;
  readonly verdict: Verdict;
  /** One sentence: what was promised, and what was seen. */
  readonly text: string;
  readonly atMs?: number;
  readonly nodes?: readonly string[];
}

export type RunVerdict = 'pass' | Exclude<Verdict, 'misuse'>;

/** How a run is judged. The worst finding decides: environment, correctness, liveness, inconclusive, in this order. */
export interface Judgement {
  readonly verdict: RunVerdict;
  readonly findings: readonly Finding[];
  /** How often each rare state was reached: 0 is said, too. */
  readonly rareStates: Readonly<Record<RareState, number>>;
}

export const RARE_STATES = [
  'partial across a wrap of the backlog',
  'cut inside an RDB',
  'promotion during a full resync',
  'full resync after backlog overrun',
  'partial with the last byte of the backlog',
  'sub-replica resynced after its upstream did',
  'two faults on one path',
  'replica killed while it loaded',
  'master paused during a full resync',
  'restart with a partial resync',
  'replica switched masters by partial resync',
  'failover',
  'expired on the master and still held by a replica',
  'unknown outcome that took effect',
] as const;

export type RareState = (typeof RARE_STATES)[number];
