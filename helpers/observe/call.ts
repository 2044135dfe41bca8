/**
 * Sends one command and resolves with the raw reply: every bulk string a Buffer, arrays as arrays,
 * integers as numbers. Calls made concurrently share one connection and are pipelined in order.
 */
export type Call = (
  command: string,
  ...args: readonly (string | Buffer | number)[]
) => Promise<unknown>;
