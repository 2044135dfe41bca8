import type { ResyncEnding } from '../check/resync-loop.ts';

/** Flags as CLIENT LIST has them; the name alone stands there where the server does not print the client. */
const OVER_LIMIT =
  /^Client (?:.* flags=\w*S\w* .*|\S+) (?:scheduled to be closed ASAP|closed) for overcoming of output buffer limits\.$/;
const LOST = /^Connection with (?:replica|slave) (\(rdbchannel\) )?(?:.*:)?(\S+) lost\.$/;
const SENT = /^Synchronization with (?:replica|slave) (?:.*:)?(\S+) succeeded$/;

/**
 * Follows an upstream's log for how its replicas' connections end. A client that is over its limit is named by an
 * address that tells nothing of the replica behind a proxy; "Connection with replica ... lost" follows in the same turn
 * of the event loop, in the same order when there are several (redis 7.0, networking.c, freeClientsInAsyncFreeQueue).
 */
export class Endings {
  readonly #overLimit: string[] = [];
  readonly #inStream = new Set<number>();

  /** A synchronization of this replica has begun. */
  begins(replicaPort: number, kind: 'full' | 'partial'): void {
    // A partial resync is accepted and sent in one go, from then on it is the stream.
    if (kind === 'partial') this.#inStream.add(replicaPort);
    else this.#inStream.delete(replicaPort);
  }

  /** Whether the line was about this; `ended` is called if it says that a replica's connection has ended. */
  read(text: string, ended: (replicaPort: number, ending: ResyncEnding) => void): boolean {
    if (OVER_LIMIT.test(text)) {
      this.#overLimit.push(text);
      return true;
    }
    const sentTo = SENT.exec(text)?.[1];
    if (sentTo !== undefined) {
      this.#inStream.add(Number(sentTo));
      return true;
    }
    const [, channel, port] = LOST.exec(text) ?? [];
    if (port === undefined) return false;
    const overLimit = this.#overLimit.shift();
    // The second connection of Redis 8 ends with the RDB; the first goes on as the stream.
    if (channel === undefined) {
      ended(Number(port), {
        by: overLimit === undefined ? 'other' : 'output-limit',
        phase: this.#inStream.has(Number(port)) ? 'stream' : 'transfer',
        evidence: overLimit === undefined ? [text] : [overLimit, text],
      });
    }
    return true;
  }
}
