import type { NetConnectOpts } from 'node:net';
import { ChaosError } from '../errors.ts';
import { connected, RawClient } from './raw-client.ts';
import { type Bytes, request } from './raw-reply.ts';

const ATTACHED_WITHIN_MS = 20_000;

/**
 * What a master says before an RDB of known length: whose history it is and where it stands, and newlines while the
 * RDB is being made.
 * Source: Redis 7.0 replication.c replicationSetupSlaveForFullResync, replicationCron, updateSlavesWaitingBgsave.
 */
const BEFORE_RDB = /^\n*\+FULLRESYNC [0-9a-f]{40} (\d+)\r\n\n*\$(\d+)\r\n/;
const REFUSAL = /^\n*(-[^\r]*)\r\n/;

/**
 * A replica that only looks: it lets the RDB pass, then hands out the commands of the stream as the bytes that
 * arrived. It takes RDBs of known length only (no `capa eof`).
 */
export class Spy extends RawClient {
  /** The RDB that it let pass. */
  rdb: Bytes = '';
  /** The offset that the RDB stands for, after which the stream goes on. */
  startOffset: number | undefined;
  #before: Bytes | undefined;
  readonly #attached = Promise.withResolvers<void>();

  static async attach(to: NetConnectOpts & { readonly path: string }): Promise<Spy> {
    const spy = new Spy(await connected(to), `the replication stream of ${to.path}`);
    await spy.synchronize();
    return spy;
  }

  /** Asks for a full resync and returns once the RDB has passed. The connection is closed if that fails. */
  protected async synchronize(): Promise<void> {
    this.#before = '';
    this.write(request(['PSYNC', '?', '-1']));
    const late = setTimeout(() => {
      const reason = `no RDB within ${ATTACHED_WITHIN_MS} ms for ${this.name}`;
      this.socket.destroy(new ChaosError('liveness', reason));
    }, ATTACHED_WITHIN_MS);
    await this.#attached.promise.finally(() => clearTimeout(late));
  }

  protected override received(bytes: Bytes): void {
    if (this.#before === undefined) {
      super.received(bytes);
      return;
    }
    this.#before += bytes;
    const refusal = REFUSAL.exec(this.#before)?.[1];
    if (refusal !== undefined) {
      throw new ChaosError('liveness', `PSYNC for ${this.name} was refused: ${refusal}`);
    }
    const head = BEFORE_RDB.exec(this.#before);
    if (head === null) return;
    const end = head[0].length + Number(head[2]);
    if (this.#before.length < end) return;
    this.startOffset = Number(head[1]);
    this.rdb = this.#before.slice(head[0].length, end);
    const stream = this.#before.slice(end);
    this.#before = undefined;
    this.#attached.resolve();
    super.received(stream);
  }

  protected override ended(error: Error): void {
    super.ended(error);
    this.#attached.reject(error);
    // Whoever is not waiting for it has been told by `next`.
    this.#attached.promise.catch(() => {});
  }
}
