import type { Socket } from 'node:net';
import { ChaosError } from '../errors.ts';
import { until } from '../until.ts';
import { connected } from './raw-client.ts';
import { type Bytes, wordsOf } from './raw-reply.ts';
import { Spy } from './spy.ts';

const COMMANDS_WITHIN_MS = 10_000;
const COMMANDS_TOLD = 5;
/** What a master says of its own accord, to be heard and to hear. */
const HOUSEKEEPING = new Set(['PING', 'REPLCONF']);

/** A command of a replication stream. */
export interface StreamCommand {
  /** Its name and arguments as they were sent, each byte a char (latin1). */
  readonly words: readonly string[];
  /** The database it ran in; of a SELECT, the one it selected. */
  readonly db: number;
  /** The replication offset of its last byte. */
  readonly endOffset: number;
}

/** The commands of a server's replication stream, in order. Leaving the scope closes it. */
export interface StreamTap extends AsyncDisposable {
  /**
   * The commands since the last call, up to the first one whose key is `marker`, which is left out: to be written
   * last by the test. Rejects with what came last when the marker does not come in time, or the stream ends before it.
   */
  commandsUntil(marker: string, withinMs?: number): Promise<StreamCommand[]>;
}

/** A node, as far as a tap has to know it. */
export interface Tapped {
  readonly name: string;
  readonly server: { readonly outside: { readonly host: string; readonly port: number } };
  readonly config: Readonly<Record<string, unknown>>;
}

export interface TapOptions {
  /** PING and REPLCONF GETACK, too, which are left out by default. */
  readonly housekeeping?: boolean;
}

/**
 * Reads the replication stream of a node as a replica would: past all proxies, after a full resync. The node counts it
 * as a replica that never acknowledges anything, and drops it after `repl-timeout`. It asks for an RDB of known length,
 * which servers make on disk: a `dump.rdb` stays in the node's folder.
 */
export async function tapStream(node: Tapped, options: TapOptions = {}): Promise<StreamTap> {
  const tap = new TappingSpy(
    await connected({ ...node.server.outside }),
    `the replication stream of ${node.name}`,
    options.housekeeping ?? false,
  );
  try {
    await tap.attach(node.config['requirepass']);
    return tap;
  } catch (thrown) {
    tap.close();
    throw thrown;
  }
}

class TappingSpy extends Spy implements StreamTap {
  readonly #keepsHousekeeping: boolean;
  readonly #commands: StreamCommand[] = [];
  #last: StreamCommand | undefined;
  #end: Error | undefined;

  constructor(socket: Socket, name: string, keepsHousekeeping: boolean) {
    super(socket, name);
    this.#keepsHousekeeping = keepsHousekeeping;
  }

  async attach(password: unknown): Promise<void> {
    if (typeof password === 'string' && password !== '') {
      const reply = await this.ask('AUTH', password);
      if (reply !== '+OK\r\n') {
        throw new ChaosError('misuse', `AUTH for ${this.name} was refused: ${reply.trim()}`);
      }
    }
    await this.synchronize();
  }

  async commandsUntil(marker: string, withinMs = COMMANDS_WITHIN_MS): Promise<StreamCommand[]> {
    const at = await until(
      () => {
        const found = this.#commands.findIndex(({ words: [, key] }) => key === marker);
        if (found === -1 && this.#end !== undefined) {
          throw new ChaosError(
            'liveness',
            `${this.name} ended before ${marker} came (${this.#end.message}); last seen: ${this.#lastSeen()}`,
          );
        }
        return found;
      },
      (found) => found !== -1,
      { what: `${marker} in ${this.name}`, withinMs, describe: () => this.#lastSeen() },
    );
    return this.#commands.splice(0, at + 1).slice(0, -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  protected override delivered(reply: Bytes): void {
    if (this.startOffset === undefined) {
      super.delivered(reply);
      return;
    }
    const words = wordsOf(reply);
    const [name = '', argument] = words;
    const isSelect = name.toUpperCase() === 'SELECT';
    const command = {
      words,
      db: isSelect ? Number(argument) : (this.#last?.db ?? 0),
      endOffset: (this.#last?.endOffset ?? this.startOffset) + reply.length,
    };
    this.#last = command;
    if (this.#keepsHousekeeping || !HOUSEKEEPING.has(name.toUpperCase())) {
      this.#commands.push(command);
    }
  }

  protected override ended(error: Error): void {
    super.ended(error);
    this.#end ??= error;
  }

  #lastSeen(): string {
    const last = this.#commands.slice(-COMMANDS_TOLD).map(({ words }) => words.join(' '));
    const { endOffset = this.startOffset } = this.#last ?? {};
    return `${last.length === 0 ? 'nothing' : JSON.stringify(last)}, up to offset ${endOffset}`;
  }
}
