import { ChaosError, messageOf } from '../errors.ts';
import type { Call } from '../observe/call.ts';
import { seeded } from '../random.ts';
import { type Outcome, outcomeOfError } from './outcome.ts';
import { idle, pacing } from './pacing.ts';
import { DEFAULT_MIX, type Write, type WriteMix, writesOf } from './write-kinds.ts';

const AFTER_FAILURE_MS = 10;

export interface WriteLoadOptions {
  readonly seed: number;
  /** Default: as many as the server takes with `inFlight` writes outstanding. */
  readonly ratePerSecond?: number;
  /** Keys per type and database. Default 100. */
  readonly keys?: number;
  /** Default 0, 9 and 11. */
  readonly databases?: readonly number[];
  /** Default: every kind, mostly SET and INCRBY. */
  readonly mix?: WriteMix;
  /** How many writes may be outstanding. Default 32. */
  readonly inFlight?: number;
}

export interface WriteCounts {
  readonly issued: number;
  readonly ok: number;
  /** Certainly not applied: the server refused, or there was no connection. */
  readonly failed: number;
  /** Perhaps applied: timed out, or the connection was lost before the reply. */
  readonly unknown: number;
}

export interface WriteLoadResult extends WriteCounts {
  readonly seed: number;
  /** The last error, if a write was not ok. */
  readonly lastError?: string;
}

export interface WriteLoad {
  /** The counts so far. */
  readonly counts: WriteCounts;
  /** Issues no more writes, waits for those outstanding, and gives the counts. */
  stop(): Promise<WriteLoadResult>;
}

/**
 * Starts a load of random writes of every type, in several databases, some in MULTI/EXEC. The seed
 * determines which writes are issued and in what order; how many depends on the server. The
 * connection must be the load's own. It should give up on commands (ioredis: `commandTimeout`,
 * `autoResendUnfulfilledCommands: false`, `enableOfflineQueue: false`): the load waits for each reply,
 * and a write that the client repeats behind its back may be applied twice.
 */
export function writeLoad(call: Call, options: WriteLoadOptions): WriteLoad {
  const rate = options.ratePerSecond;
  if (rate !== undefined && !(rate > 0)) {
    throw new ChaosError('misuse', `ratePerSecond must be more than 0, got ${rate}`);
  }
  const random = seeded(options.seed).fork('writes');
  const next = writesOf(random, options.mix ?? DEFAULT_MIX, {
    databases: options.databases ?? [0, 9, 11],
    keys: options.keys ?? 100,
  });
  const counts = { issued: 0, ok: 0, failed: 0, unknown: 0 };
  const stopping = new AbortController();
  const turn = pacing(rate, stopping.signal);
  let lastError: string | undefined;

  const work = async () => {
    for (await turn(); !stopping.signal.aborted; await turn()) {
      counts.issued += 1;
      const { outcome, error } = await perform(call, next());
      counts[outcome] += 1;
      if (outcome === 'ok') continue;
      lastError = messageOf(error);
      // A refusal comes at once: without a pause an outage would be spent refusing.
      await idle(AFTER_FAILURE_MS, stopping.signal);
    }
  };
  const workers = Array.from({ length: options.inFlight ?? 32 }, work);
  const done = Promise.all(workers);

  return {
    get counts() {
      return { ...counts };
    },
    stop: async () => {
      stopping.abort();
      await done;
      return { seed: options.seed, ...counts, ...(lastError !== undefined && { lastError }) };
    },
  };
}

/** Sends a write in one go, so that nothing comes between its commands on the connection. */
async function perform(call: Call, write: Write): Promise<{ outcome: Outcome; error?: unknown }> {
  const commands = [['select', write.db] as const, ...write.commands];
  const replies = await Promise.allSettled(commands.map(([name, ...args]) => call(name, ...args)));
  const errors = replies.flatMap((reply) => (reply.status === 'rejected' ? [reply.reason] : []));
  if (errors.length === 0) return { outcome: 'ok' };
  return { outcome: outcomeOf(replies.slice(1)), error: errors[0] };
}

/**
 * EXEC, or the only command, decides: if it was refused, nothing of the write was applied. That holds
 * only inside a transaction: commands accepted after a refused MULTI were applied one by one.
 */
export function outcomeOf(replies: readonly PromiseSettledResult<unknown>[]): Outcome {
  const [first, ...rest] = replies;
  const last = replies.at(-1);
  const outsideTransaction =
    first?.status === 'rejected' && rest.some((reply) => reply.status === 'fulfilled');
  if (last?.status !== 'rejected' || outsideTransaction) return 'unknown';
  return outcomeOfError(last.reason);
}
