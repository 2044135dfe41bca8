/** What is known of a write: `unknown` may have happened. */
export type Outcome = 'ok' | 'failed' | 'unknown';

/**
 * The outcome of a command that threw. An error reply says that the server did not apply it, and so
 * does a client that had no connection to send it on. Anything else (a timeout, a connection lost
 * while waiting) leaves open whether the server received it.
 */
export function outcomeOfError(thrown: unknown): 'failed' | 'unknown' {
  if (!(thrown instanceof Error)) return 'unknown';
  if (thrown.name === 'ReplyError') return 'failed';
  return thrown.message.startsWith("Stream isn't writeable") ? 'failed' : 'unknown';
}
