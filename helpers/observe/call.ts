import { ChaosError } from '../errors.ts';

/**
 * Sends one command and gives the raw reply: bulk and simple strings as Buffers, integers as numbers,
 * arrays as arrays, nil as null; an error reply is thrown. Commands called one after the other
 * without waiting are sent and executed in that order on one connection. `callBuffer` of ioredis is
 * one; since ioredis reshapes replies of commands it knows in lower case (HGETALL becomes an object
 * of decoded strings), commands are named in upper case, save `select`, which it must see to find
 * the database again after a reconnection.
 */
export type Call = (command: string, ...args: (string | Buffer | number)[]) => Promise<unknown>;

/** Whether the server knows the command: any answer but "unknown command" counts. */
export async function knowsCommand(
  call: Call,
  command: string,
  ...args: (string | number)[]
): Promise<boolean> {
  try {
    await call(command, ...args);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && /^ERR unknown command/i.test(thrown.message)) return false;
    throw thrown;
  }
}

/** The reply as bytes; integers in decimal, as RESP2 and RESP3 differ there. */
export function bytesOf(reply: unknown, command: string): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  if (typeof reply === 'number') return Buffer.from(String(reply));
  throw unexpected(command, 'a bulk string', reply);
}

export function textOf(reply: unknown, command: string): string {
  return bytesOf(reply, command).toString('latin1');
}

export function integerOf(reply: unknown, command: string): number {
  const value = Number(textOf(reply, command));
  if (Number.isSafeInteger(value)) return value;
  throw unexpected(command, 'an integer', reply);
}

export function listOf(reply: unknown, command: string): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw unexpected(command, 'an array', reply);
}

/** An array of bulk strings in consecutive groups of `size`. */
export function groupsOf(reply: unknown, size: number, command: string): Buffer[][] {
  const list = listOf(reply, command);
  const groups: Buffer[][] = [];
  for (let at = 0; at < list.length; at += size) {
    groups.push(list.slice(at, at + size).map((item) => bytesOf(item, command)));
  }
  return groups;
}

function unexpected(command: string, wanted: string, got: unknown): ChaosError {
  const shown = JSON.stringify(got)?.slice(0, 200);
  return new ChaosError('correctness', `reply to ${command}: expected ${wanted}, got ${shown}`);
}
