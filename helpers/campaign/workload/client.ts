import { messageOf } from '../../errors.ts';
import type { Random } from '../../random.ts';
import type { Command } from '../../workload/command.ts';
import { idle, pacing } from '../../workload/pacing.ts';
import { outcomeOf } from '../../workload/writes.ts';
import type { Operation } from '../record.ts';
import type { Connection } from './connection.ts';

const AFTER_FAILURE_MS = 20;
const TIMED_OUT = 'Command timed out';
/** It is not the master any more: whoever is will be found by another connection. */
const READONLY = /^READONLY /;

/** What a client is to ask next. */
export interface Drawn extends Pick<Operation, 'kind' | 'db' | 'key' | 'value' | 'ttlMs'> {
  readonly commands: readonly Command[];
}

export interface ClientSpec {
  readonly name: string;
  readonly connection: Connection;
  readonly next: () => Drawn;
  /** The value of an operation that went well, from the reply of its last command. Absent: as drawn. */
  readonly valueAfter?: (drawn: Drawn, reply: unknown) => Operation['value'];
  readonly ratePerSecond: number;
  readonly clock: () => number;
  readonly record: (operation: Operation) => void;
}

/** Asks one thing after the other, whatever becomes of each, until it is stopped. Never rejects. */
export async function runClient(spec: ClientSpec, signal: AbortSignal): Promise<void> {
  const { connection, next, record, ratePerSecond } = spec;
  const turn = pacing(ratePerSecond, signal);
  for (await turn(); !signal.aborted; await turn()) {
    const { operation, isLost } = await ask(spec, next());
    record(operation);
    if (isLost) connection.drop();
    // A refusal comes at once: without a pause an outage would be spent refusing.
    if (operation.outcome !== 'ok') await idle(AFTER_FAILURE_MS, signal);
  }
}

/** Sends an operation in one go, so that nothing comes between its commands on the connection. */
async function ask(
  { name, connection, valueAfter, clock }: ClientSpec,
  drawn: Drawn,
): Promise<{ readonly operation: Operation; readonly isLost: boolean }> {
  const { kind, db, key, ttlMs, commands } = drawn;
  const asked = {
    type: 'operation',
    client: name,
    connection: connection.count(),
    node: connection.node(),
    kind,
    db,
    key,
    ...(drawn.value !== undefined && { value: drawn.value }),
    ...(ttlMs !== undefined && { ttlMs }),
    invokedAtMs: clock(),
  } as const;
  const [selected, ...replies] = await Promise.allSettled(
    // In lower case, ioredis would select by itself after a reconnection, and leave it unhandled when that fails.
    [['SELECT', db] as const, ...commands].map(([command, ...args]) =>
      connection.call(command, ...args),
    ),
  );
  const completedAtMs = clock();
  const failed = [...replies, selected].find((reply) => reply?.status === 'rejected');
  if (failed === undefined) {
    const last = replies.at(-1);
    const value =
      valueAfter === undefined || last?.status !== 'fulfilled'
        ? undefined
        : valueAfter(drawn, last.value);
    return {
      operation: { ...asked, completedAtMs, outcome: 'ok', ...(value !== undefined && { value }) },
      isLost: false,
    };
  }
  const error = messageOf(failed.reason);
  const isTimedOut = error === TIMED_OUT;
  return {
    operation: {
      ...asked,
      ...(!isTimedOut && { completedAtMs }),
      outcome: outcomeOf(replies),
      error,
    },
    isLost: isTimedOut || READONLY.test(error),
  };
}

/** A stream of choices for each client, which no other client's use of its own changes. */
export function clientRandom(random: Random, client: string): Random {
  return random.fork(`client/${client}`);
}
