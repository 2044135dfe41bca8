import { Redis } from 'ioredis';
import type { Call } from '../observe/call.ts';
import { type Address, formatAddress } from './address.ts';

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/**
 * The harness's own connection to a server, past all proxies. Connects when first used, and again after
 * a loss; it never repeats a command. Commands reject after `commandTimeoutMs`.
 *
 * Over TLS each command waits for the reply to the one before. Redis (7.0 and 8.0, seen) closes a connection whose replies
 * pile up: SSL_write is to be repeated with no less than it was given, and when more replies have come it is given less
 * ("bad length", logged as verbose; valkey-io/valkey#1135).
 */
export class Control implements Disposable {
  readonly #address: () => Address;
  readonly #credentials: () => Credentials;
  readonly #commandTimeoutMs: number;
  #connecting: Promise<Redis> | undefined;
  #replied: Promise<unknown> = Promise.resolve();

  constructor(
    address: () => Address,
    options: {
      /** Asked at each connect. */
      readonly credentials?: () => Credentials;
      readonly commandTimeoutMs: number;
    },
  ) {
    this.#address = address;
    this.#credentials = options.credentials ?? (() => ({}));
    this.#commandTimeoutMs = options.commandTimeoutMs;
  }

  /** Sends a command; bulk strings of the reply are decoded as UTF-8. */
  call(command: string, ...args: readonly (string | Buffer | number)[]): Promise<unknown> {
    return this.#inTurn((redis) => redis.call(command, [...args]));
  }

  /** Sends a command; bulk strings of the reply stay Buffers. */
  readonly callBuffer: Call = (command, ...args) =>
    this.#inTurn((redis) => redis.callBuffer(command, [...args]));

  [Symbol.dispose](): void {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    connecting?.then(
      (redis) => redis.disconnect(),
      () => {},
    );
  }

  async #inTurn(ask: (redis: Redis) => Promise<unknown>): Promise<unknown> {
    const redis = await this.#connection();
    if (redis.options.tls === undefined) return ask(redis);
    const reply = this.#replied.then(() => ask(redis));
    this.#replied = reply.catch(() => {});
    return reply;
  }

  #connection(): Promise<Redis> {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<Redis> {
    const address = this.#address();
    const redis = new Redis({
      ...address,
      ...this.#credentials(),
      protocol: 2,
      lazyConnect: true,
      enableReadyCheck: false,
      disableClientInfo: true,
      connectTimeout: this.#commandTimeoutMs,
      commandTimeout: this.#commandTimeoutMs,
      retryStrategy: null,
      autoResendUnfulfilledCommands: false,
      connectionName: 'redis-chaos',
    });
    let lastError: Error | undefined;
    redis.on('error', (error: Error) => {
      lastError = error;
    });
    const forget = (): void => {
      this.#connecting = undefined;
    };
    redis.once('end', forget);
    try {
      await redis.connect();
    } catch (thrown) {
      forget();
      redis.disconnect();
      const cause = lastError ?? thrown;
      throw new Error(`${formatAddress(address)}: ${(cause as Error).message}`, { cause });
    }
    return redis;
  }
}
