import type { Control } from '../deployment/control.ts';
import type { Node } from '../deployment/node.ts';
import { tapStream } from '../observe/stream-tap.ts';

const MARKER = 'stream-of:marker';

/** A client of a node beside the node's replication stream. Leaving the scope closes both. */
export interface ClientAndStream extends AsyncDisposable {
  readonly client: Control;
  /**
   * Sends commands one after another, each written as its words between blanks, and returns what has come in the
   * stream since the last call, in the same form: verbs in capitals, SELECTs too, without PING and REPLCONF.
   * Rejects with the first error reply.
   */
  after(...commands: readonly string[]): Promise<string[]>;
}

/** A connection to a node that tells what the node replicates of the commands it sends. */
export async function streamOf(node: Node): Promise<ClientAndStream> {
  const tap = await tapStream(node);
  const client = node.dedicated();
  const send = async (command: string): Promise<void> => {
    const [name = '', ...args] = command.split(' ');
    await client.call(name, ...args);
  };
  const after = async (...commands: readonly string[]): Promise<string[]> => {
    for (const command of commands) await send(command);
    await send(`SET ${MARKER} 1`);
    const streamed = await tap.commandsUntil(MARKER);
    return streamed.map(({ words: [verb = '', ...args] }) =>
      [verb.toUpperCase(), ...args].join(' '),
    );
  };
  // A new replica's stream begins with a SELECT.
  await after();
  return {
    client,
    after,
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await tap[Symbol.asyncDispose]();
    },
  };
}
