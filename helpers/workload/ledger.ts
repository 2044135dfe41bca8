import type { LedgerWrite } from '../check/ledger.ts';
import { ChaosError, messageOf } from '../errors.ts';
import { type Call, listOf, textOf } from '../observe/call.ts';
import { type Outcome, outcomeOfError } from './outcome.ts';
import { idle, pacing } from './pacing.ts';

/** The list that every write appends to, in database 0. */
const LIST = 'ledger';
const AFTER_FAILURE_MS = 10;

/** Who tells a client that its write is safe: so many replicas, which it waits for no longer than that. */
export interface Confirmation {
  readonly replicas: number;
  readonly withinMs: number;
}

/** What clients were told of their writes, to be judged by `judgeLedger`. */
export class Ledger {
  readonly #clock: () => number;
  readonly #writes: LedgerWrite[] = [];

  /** `clock` tells milliseconds: the clock of all instants. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** In order of invocation. Those under way are `unknown`, without a completion. */
  get writes(): readonly LedgerWrite[] {
    return [...this.#writes];
  }

  /** An instant to compare those of the writes with. */
  now(): number {
    return this.#clock();
  }

  /** When the first write to a node was refused of those begun since an instant. */
  refusedAtMs(node: string, sinceMs: number): number | undefined {
    return this.#writes.find(
      (write) => write.node === node && write.outcome === 'failed' && write.invokedAtMs >= sinceMs,
    )?.completedAtMs;
  }

  /**
   * Has `append` do one write to a node, with a value that no other write has, and books what became of it: the
   * number `append` gives is that of the replicas that have confirmed it. Never rejects.
   */
  async enter(
    node: string,
    append: (id: string) => Promise<number | undefined>,
  ): Promise<LedgerWrite> {
    const at = this.#writes.length;
    const invoked = { id: `w${at + 1}`, node, invokedAtMs: this.#clock() };
    this.#writes.push({ ...invoked, outcome: 'unknown' });
    const told = await append(invoked.id).then(
      (confirmedBy) =>
        ({ outcome: 'ok', ...(confirmedBy !== undefined && { confirmedBy }) }) as const,
      (thrown: unknown) => ({ outcome: outcomeOfError(thrown), error: messageOf(thrown) }),
    );
    const write = { ...invoked, completedAtMs: this.#clock(), ...told };
    this.#writes[at] = write;
    return write;
  }
}

/** What of a ledger is left on a server, in its order. */
export async function readLedger(call: Call): Promise<string[]> {
  const values = await call('LRANGE', LIST, 0, -1);
  return listOf(values, 'LRANGE').map((value) => textOf(value, 'LRANGE'));
}

export interface ClientsOptions {
  /** Of all clients together. Default: as many as the server takes. */
  readonly ratePerSecond?: number;
  /** Every write is followed by a WAIT. Default: none is. */
  readonly confirmation?: Confirmation;
}

export interface Clients {
  /** How many writes had each outcome so far. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** The last reason for which a write was not ok. */
  readonly lastError: string | undefined;
  /** No more writes are made; waits for those under way. */
  stop(): Promise<void>;
}

/** A connection, and which node it leads to just now. */
export interface Writer {
  readonly node: () => string;
  readonly call: Call;
}

/**
 * Starts clients that write to a node, one write after the other each, until stopped. Each writer must be a
 * connection of its own that repeats nothing and gives up on commands, as for `writeLoad`.
 */
export function startClients(
  ledger: Ledger,
  writers: readonly Writer[],
  { ratePerSecond, confirmation }: ClientsOptions = {},
): Clients {
  if (writers.length === 0) {
    throw new ChaosError('misuse', 'a ledger of writes needs at least one client');
  }
  const outcomes = { ok: 0, failed: 0, unknown: 0 };
  const stopping = new AbortController();
  const turn = pacing(ratePerSecond, stopping.signal);
  let lastError: string | undefined;
  const work = async ({ node, call }: Writer): Promise<void> => {
    for (await turn(); !stopping.signal.aborted; await turn()) {
      const { outcome, error } = await ledger.enter(node(), (id) => append(call, id, confirmation));
      outcomes[outcome] += 1;
      if (error === undefined) continue;
      lastError = error;
      // A refusal comes at once: without a pause an outage would be spent refusing.
      await idle(AFTER_FAILURE_MS, stopping.signal);
    }
  };
  const done = Promise.all(writers.map(work));
  return {
    get outcomes() {
      return { ...outcomes };
    },
    get lastError() {
      return lastError;
    },
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** Both commands in one go. A WAIT without an answer says nothing of the write before it. */
async function append(
  call: Call,
  id: string,
  confirmation: Confirmation | undefined,
): Promise<number | undefined> {
  const appended = call('RPUSH', LIST, id);
  if (confirmation === undefined) {
    await appended;
    return undefined;
  }
  const { replicas, withinMs } = confirmation;
  const [written, confirmed] = await Promise.allSettled([
    appended,
    call('WAIT', replicas, withinMs),
  ]);
  if (written.status === 'rejected') throw written.reason;
  return confirmed.status === 'fulfilled' ? Number(confirmed.value) : undefined;
}
